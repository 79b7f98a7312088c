package io.carafe.conformance.defect;

import io.carafe.conformance.container.Defect;
import io.carafe.conformance.requirement.Rows;
import java.util.List;

/** The rows of {@code defects.tsv}. */
public final class Defects {

    private Defects() {
    }

    public static List<Defect> all() {
        return Rows.of("defects.tsv").stream().map(row -> new Defect(row.get(0), row.get(1), row.get(2))).toList();
    }
}
