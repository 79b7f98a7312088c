package io.carafe.runtime.cli;

import io.carafe.linux.fuzz.Told;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;

/** A message with whatever an image has put into it, in UTF-16 so that it may be half a character: one line that a terminal can show. */
public final class PrintableFuzzTarget {

    private PrintableFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] message) {
        String line = Printable.line(new String(message, StandardCharsets.UTF_16BE));
        if (line.chars().anyMatch(c -> Character.isISOControl(c) || c >= 0x202a && c <= 0x202e || c == 0x2028 || c == 0x2029)) {
            throw new AssertionError(line);
        }
        Told.same(line, new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        if (line.length() > 6 * 8192 + 1) {
            throw new AssertionError("a line of " + line.length());
        }
    }
}
