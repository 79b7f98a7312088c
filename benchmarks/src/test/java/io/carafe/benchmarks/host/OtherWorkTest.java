package io.carafe.benchmarks.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherWorkTest {

    /** Of 200 ticks. */
    @ParameterizedTest
    @CsvSource({"100, 40, 30", "100, 100, 0", "0, 0, 0", "90, 100, 0", "200, 0, 100"})
    void others_had_what_was_used_without_the_own(long used, long own, int percent) {
        assertEquals(percent, new OtherWork(1000, 500, 200).percentUntil(new OtherWork(1200, 500 + used, 200 + own)));
    }

    @Test
    void the_own_time_is_part_of_what_is_used() throws IOException {
        OtherWork now = OtherWork.now();
        assertTrue(now.ownTicks() > 0 && now.ownTicks() <= now.usedTicks() && now.usedTicks() <= now.totalTicks(), now.toString());
    }
}
