package io.carafe.shim.message;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;

/** The options of containerd's configuration. */
public final class TomlFuzzTarget {

    private TomlFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] toml) {
        Told.orNull(() -> TomlOptions.parse(new String(toml, StandardCharsets.UTF_8)), IllegalArgumentException.class);
    }
}
