package io.carafe.benchmarks.slope;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {

    @Test
    void the_slope_is_that_of_the_line_through_the_points() {
        assertEquals(3, new Axis("per x", "x", List.of(0, 10, 30)).slope(List.of(7.0, 37.0, 97.0)), 1e-9);
    }

    @Test
    void what_lies_beside_the_line_counts_on_both_sides() {
        assertEquals(0.8, new Axis("per x", "x", List.of(0, 1, 2, 3)).slope(List.of(0.0, 2.0, 1.0, 3.0)), 1e-9);
    }
}
