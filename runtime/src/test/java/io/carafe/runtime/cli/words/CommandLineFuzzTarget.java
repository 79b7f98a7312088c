package io.carafe.runtime.cli.words;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;

/** Words with newlines between them: the command line, and the help to it. */
public final class CommandLineFuzzTarget {

    private CommandLineFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String[] words = new String(input, StandardCharsets.UTF_8).split("\n");
        CommandLine.global(words);
        CommandLine line = Told.orNull(() -> CommandLine.of(words), UsageException.class);
        if (line != null) {
            Help.of(line);
        }
    }
}
