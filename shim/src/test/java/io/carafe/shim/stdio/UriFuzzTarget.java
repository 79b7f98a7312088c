package io.carafe.shim.stdio;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;

/** The address of a stream. */
public final class UriFuzzTarget {

    private UriFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String uri = new String(input, StandardCharsets.UTF_8);
        Told.orNull(() -> new StdioUris("", uri, "", false).checked(), IllegalArgumentException.class);
        Told.orNull(() -> StdioUris.path(uri), IllegalArgumentException.class);
        Told.orNull(() -> StdioUris.query(uri), IllegalArgumentException.class);
    }
}
