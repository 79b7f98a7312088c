package io.carafe.conmon.words;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The command line, a word a line. */
public final class OptionsFuzzTarget {

    private OptionsFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Words words = Told.orNull(() -> Words.of(List.of(new String(input, StandardCharsets.UTF_8).split("\n"))), OptionException.class);
        if (words != null) {
            for (Option option : Option.values()) {
                if (option.kind == Option.Kind.NUMBER || option.kind == Option.Kind.LONG) {
                    words.number(option, 0);
                }
            }
        }
    }
}
