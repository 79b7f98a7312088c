package io.carafe.conformance.mutant;

import io.carafe.conformance.requirement.TsvTable;
import java.util.List;

/** The rows of {@code mutants.tsv} and {@code shim-mutants.tsv}. */
public final class Mutants {

    private Mutants() {
    }

    public static List<Mutant> ofRuntimes() {
        return read("mutants.tsv");
    }

    public static List<Mutant> ofShims() {
        return read("shim-mutants.tsv");
    }

    private static List<Mutant> read(String table) {
        return TsvTable.of(table).stream().map(row -> new Mutant(row.get(0), row.get(1), row.get(2))).toList();
    }
}
