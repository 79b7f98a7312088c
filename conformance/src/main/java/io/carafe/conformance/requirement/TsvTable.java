package io.carafe.conformance.requirement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tables of the jar: one row a line, columns between tabs, the first line their names. */
public final class TsvTable {

    private TsvTable() {
    }

    /** @param name below this package's parent, as {@code requirements/config.tsv} */
    public static List<List<String>> of(String name) {
        return text(name).lines().skip(1).map(line -> List.of(line.split("\t", -1))).toList();
    }

    static String text(String name) {
        String path = "/io/carafe/conformance/" + name;
        try (InputStream file = TsvTable.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalStateException("nothing at " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
