package io.carafe.benchmarks.result;

import static io.carafe.benchmarks.process.Measurements.Measure.NANOSECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.benchmarks.result.ResultTable.Series;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

    private static List<ResultTable> run(double ours) {
        return List.of(ResultTable.of(Benchmark.RUN, 0, List.of(
                new Series(NANOSECONDS, "run", "carafe", Samples.of(ours, ours + 1, ours + 2)), new Series(NANOSECONDS, "run", "crun", Samples.of(10, 10, 10)))));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 'run back to back × crun 0.50 (0.45–0.55) before 0.50 (0.45–0.55) as before'",
        "5, 'run back to back × crun 0.60 (0.55–0.65) before 0.50 (0.45–0.55) as before'",
        "6, 'run back to back × crun 0.70 (0.65–0.75) before 0.50 (0.45–0.55) slower than before'",
        "2, 'run back to back × crun 0.30 (0.25–0.35) before 0.50 (0.45–0.55) faster than before'"})
    void a_ratio_is_another_one_where_the_quartiles_do_not_meet(double now, String line) {
        Results kept = Results.of("host", Map.of(), Map.of(), 0, run(4));
        assertEquals(line, Comparison.of(run(now), kept).trim().replaceAll(" +", " "));
    }
}
