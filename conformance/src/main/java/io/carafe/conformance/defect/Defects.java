package io.carafe.conformance.defect;

import io.carafe.conformance.requirement.Rows;
import java.util.List;

/** The rows of {@code defects.tsv} and {@code shim-defects.tsv}. */
public final class Defects {

    private Defects() {
    }

    public static List<Defect> ofRuntimes() {
        return read("defects.tsv");
    }

    public static List<Defect> ofShims() {
        return read("shim-defects.tsv");
    }

    private static List<Defect> read(String table) {
        return Rows.of(table).stream().map(row -> new Defect(row.get(0), row.get(1), row.get(2))).toList();
    }
}
