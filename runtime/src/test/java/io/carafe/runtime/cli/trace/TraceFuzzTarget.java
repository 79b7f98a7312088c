package io.carafe.runtime.cli.trace;

import io.carafe.spec.json.SpecException;

/** A file of anybody's, told as text: lines that a terminal can show. */
public final class TraceFuzzTarget {

    private TraceFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] file) {
        try {
            String text = TraceReport.of(Trace.read(file));
            if (text.chars().anyMatch(c -> c != '\n' && Character.isISOControl(c))) {
                throw new AssertionError(text);
            }
        } catch (SpecException e) {
            // told in a line
        }
    }
}
