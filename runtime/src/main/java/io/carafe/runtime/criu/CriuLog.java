package io.carafe.runtime.criu;

import java.util.ArrayList;
import java.util.List;

/** What a log of CRIU's says of a failure. */
public final class CriuLog {

    private static final String ERROR = "Error (";
    /** The way from what is wrong up to the end of it: who reads more reads the file. */
    private static final int MOST = 4;
    private static final int LONGEST = 1000;

    private CriuLog() {
    }

    /**
     * The last lines that are errors, from the first of them to the last, in one line: {@code Error (criu/files-reg.c:1629): …}. That it
     * failed, which the very last one says, is known.
     *
     * @return empty when there is none
     */
    public static String complaint(String log) {
        List<String> errors = new ArrayList<>();
        for (String line : log.split("\n")) {
            int at = line.indexOf(ERROR);
            if (at >= 0 && !line.endsWith("FAILED.")) {
                errors.add(line.substring(at + ERROR.length() - 1).strip());
            }
        }
        String text = String.join("; ", errors.subList(Math.max(0, errors.size() - MOST), errors.size()));
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
