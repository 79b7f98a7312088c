package io.carafe.shim.stdio;

import io.carafe.linux.fuzz.Told;
import io.carafe.shim.name.StreamUri;
import java.nio.charset.StandardCharsets;

/** The address of a stream. */
public final class UriFuzzTarget {

    private UriFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String uri = new String(input, StandardCharsets.UTF_8);
        Told.orNull(() -> new StdioUris("", uri, "", false).checked(), IllegalArgumentException.class);
        Told.orNull(() -> StreamUri.path(uri), IllegalArgumentException.class);
        Told.orNull(() -> StreamUri.query(uri), IllegalArgumentException.class);
    }
}
