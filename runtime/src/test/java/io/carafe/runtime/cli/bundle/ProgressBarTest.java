package io.carafe.runtime.cli.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBarTest {

    @ParameterizedTest
    @CsvSource({
        "1, 2, 0, 4194304, 'layer 1 of 2 [--------------------]   0 %  0 of 4 MiB'",
        "2, 2, 2097152, 4194304, 'layer 2 of 2 [##########----------]  50 %  2 of 4 MiB'",
        "2, 2, 4194304, 4194304, 'layer 2 of 2 [####################] 100 %  4 of 4 MiB'",
        "1, 1, 0, 0, 'layer 1 of 1 [####################] 100 %  0 of 0 MiB'"})
    void it_says_which_layer_and_how_much_of_it(int layer, int layers, long bytes, long size, String line) {
        assertEquals(line, ProgressBar.line(layer, layers, bytes, size));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {"1048576 | 1000000000 | '  1.0 MiB/s'", "5242880 | 500000000 | '  10.0 MiB/s'", "0 | 1000000000 | '  0.0 MiB/s'",
        "10000000 | 1000 | ''", "10000000000000 | 1000000000000 | '  9536.7 MiB/s'"})
    void a_rate_is_what_came_in_the_time(long bytes, long nanos, String rate) {
        assertEquals(rate, ProgressBar.rate(bytes, nanos));
    }
}
