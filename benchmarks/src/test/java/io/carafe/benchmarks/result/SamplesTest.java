package io.carafe.benchmarks.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {

    @Test
    void the_median_of_an_odd_number_is_the_middle_one() {
        assertEquals(3, Samples.of(9, 1, 3).median());
    }

    @Test
    void the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assertEquals(2.5, Samples.of(4, 1, 3, 2).median());
    }

    /** numpy.quantile([10, 20, 30, 40, 50], share) says the same. */
    @ParameterizedTest
    @CsvSource({"0, 10", "0.1, 14", "0.25, 20", "0.5, 30", "0.9, 46", "1, 50"})
    void quantiles_are_interpolated(double share, double expected) {
        assertEquals(expected, Samples.of(50, 10, 40, 20, 30).quantile(share), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"0", "0.1", "0.5", "1"})
    void every_quantile_of_one_sample_is_that_sample(double share) {
        assertEquals(7, Samples.of(7).quantile(share));
    }

    @Test
    void a_ratio_is_the_median_of_the_ratios_of_the_pairs() {
        // Ratios 0.5, 0.5 and 4; the ratio of the medians would be 1.
        assertEquals(0.5, Samples.of(1, 10, 8).ratioTo(Samples.of(2, 20, 2)));
    }

    @Test
    void a_slow_round_falls_out_of_a_ratio() {
        assertEquals(0.25, Samples.of(1, 1, 100).ratioTo(Samples.of(4, 4, 400)));
    }

    @Test
    void samples_that_cannot_be_paired_have_no_ratio() {
        Samples two = Samples.of(1, 2);
        Samples three = Samples.of(1, 2, 3);
        assertThrows(IllegalArgumentException.class, () -> two.ratioTo(three));
    }

    @Test
    void there_are_no_statistics_of_nothing() {
        assertThrows(IllegalArgumentException.class, () -> new Samples(List.of()));
    }
}
