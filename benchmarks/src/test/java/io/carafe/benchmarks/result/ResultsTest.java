package io.carafe.benchmarks.result;

import static io.carafe.benchmarks.process.Measurements.Measure.NANOSECONDS;
import static io.carafe.benchmarks.process.Measurements.Measure.PEAK_KIBIBYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.benchmarks.result.ResultTable.Series;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static Results of(Benchmark benchmark, int gapMillis, int othersPercent, double... nanos) {
        return Results.of("host", Map.of("kernel", "Linux"), Map.of("crun", "1.8.1"), othersPercent, List.of(ResultTable.of(benchmark, gapMillis, List.of(
                new Series(NANOSECONDS, "state", "crun", Samples.of(nanos)), new Series(PEAK_KIBIBYTES, "state", "crun", Samples.of(7))))));
    }

    @Test
    void a_file_holds_every_sample_a_line_a_row() {
        assertEquals("""
                {"view": "host", "machine": {"kernel":"Linux"}, "runtimes": {"crun":"1.8.1"}, "results": [
                {"benchmark":"State","gapMillis":50,"step":"state","runtime":"crun","others":3,"medianNanos":2,"nanos":[3,1,2],"peakKibibytes":[7]}
                ]}
                """, new String(of(Benchmark.STATE, 50, 3, 3, 1, 2).json(), StandardCharsets.UTF_8));
    }

    @Test
    void what_was_written_is_read() {
        Results results = of(Benchmark.STATE, 50, 3, 3, 1, 2);
        assertEquals(results, Results.read(results.json()));
    }

    @Test
    void newer_rows_take_the_place_of_the_same_benchmark_and_gap() {
        Results merged = of(Benchmark.STATE, 50, 40, 1).replacedBy(of(Benchmark.STATE, 0, 2, 2)).replacedBy(of(Benchmark.STATE, 50, 1, 3, 4));
        assertEquals(List.of(List.of(2.0), List.of(3.0, 4.0)), merged.rows().stream().map(row -> row.values().values()).toList());
        assertEquals(2, merged.othersPercent());
    }
}
