package io.carafe.shim.action;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;

/** The shim's command line, a word a line. */
public final class WordsFuzzTarget {

    private WordsFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Words words = Told.orNull(() -> Words.of(new String(input, StandardCharsets.UTF_8).split("\n")), IllegalArgumentException.class);
        if (words != null) {
            for (Words.Flag flag : Words.Flag.values()) {
                words.has(flag);
                Told.orNull(() -> words.identifier(flag), IllegalArgumentException.class);
            }
        }
    }
}
