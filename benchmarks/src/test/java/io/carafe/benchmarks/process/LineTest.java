package io.carafe.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.benchmarks.process.Ledger.Line;
import io.carafe.benchmarks.process.Ledger.Measure;
import org.junit.jupiter.api.Test;

class LineTest {

    @Test
    void a_line_is_read_from_its_numbered_label() {
        Line line = new Line(Measure.PEAK_KIBIBYTES, "create+start+delete", "crun-2");
        assertEquals(line, Line.parse("007|" + line.label()));
    }
}
