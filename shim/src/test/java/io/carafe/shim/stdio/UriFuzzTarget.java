package io.carafe.shim.stdio;

import java.nio.charset.StandardCharsets;

/** The address of a stream. */
public final class UriFuzzTarget {

    private UriFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String uri = new String(input, StandardCharsets.UTF_8);
        StdioUris.scheme(uri);
        StdioUris.path(uri);
        StdioUris.query(uri);
    }
}
