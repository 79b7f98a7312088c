package io.carafe.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import org.junit.jupiter.api.Test;

class KeyTest {

    @Test
    void a_line_is_read_from_its_numbered_label() {
        Key key = new Key(Measure.PEAK_KIBIBYTES, "create+start+delete", "crun-2");
        assertEquals(key, Key.parse("007|" + key.label()));
    }
}
