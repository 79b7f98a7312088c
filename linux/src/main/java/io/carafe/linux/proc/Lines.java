package io.carafe.linux.proc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The lines of a text, each a record. */
final class Lines {

    private Lines() {
    }

    /**
     * Reads them all.
     *
     * @param file what to name in a complaint
     * @throws ProcTextException for one that the reader cannot make sense of
     */
    static <R> List<R> of(String file, String text, Function<String, R> reader) {
        List<R> records = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            records.add(one(file, text.substring(start, end), reader));
            start = end + 1;
        }
        return records;
    }

    /** A text of one line, or of none that counts. */
    static <R> R one(String file, String line, Function<String, R> reader) {
        try {
            return reader.apply(line);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new ProcTextException(file, line);
        }
    }
}
