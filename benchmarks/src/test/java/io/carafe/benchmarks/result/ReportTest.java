package io.carafe.benchmarks.result;

import static io.carafe.benchmarks.process.Measurements.Measure.NANOSECONDS;
import static io.carafe.benchmarks.process.Measurements.Measure.PEAK_KIBIBYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.benchmarks.result.ResultTable.Series;
import io.carafe.benchmarks.host.CgroupLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Report HYBRID = new Report(CgroupLayout.HYBRID, List.of("crun", "runc"));

    private static ResultTable run(int gapMillis) {
        return ResultTable.of(Benchmark.RUN, gapMillis, List.of(
                new Series(PEAK_KIBIBYTES, "run", "carafe", Samples.of(5_000, 6_000)),
                new Series(PEAK_KIBIBYTES, "run", "crun", Samples.of(3_000, 3_000)),
                new Series(NANOSECONDS, "run", "carafe", Samples.of(4_000_000, 5_000_000)),
                new Series(NANOSECONDS, "run", "crun", Samples.of(8_000_000, 10_000_000)),
                new Series(NANOSECONDS, "run", "runc", Samples.of(40_000_000, 50_000_000))));
    }

    @Test
    void a_row_has_times_the_highest_peak_and_a_ratio_to_each_peer() {
        String[] lines = HYBRID.table(run(0)).split("\n");
        assertEquals("run | back to back | carafe | 4.50 ms | 4.10 ms | 4.90 ms | 6.14 MB | 0.50 | 0.10", fields(lines[0]));
        assertEquals("crun | 9.00 ms | 8.20 ms | 9.80 ms | 3.07 MB | 0.20", fields(lines[1]));
        assertEquals("runc | 45.00 ms | 41.00 ms | 49.00 ms | 5.00", fields(lines[2]));
    }

    private static String fields(String line) {
        return line.trim().replaceAll(" {2,}", " | ");
    }

    @Test
    void what_is_reached_and_what_is_missed_is_said() {
        assertEquals("""
                run | back to back | 0.50 × crun | to reach 0.80: reached
                run | back to back | 0.10 × runc | to reach 0.30: reached
                run | 50 ms between | 0.50 × crun | to reach 0.35: missed by 43 %
                run | 50 ms between | 0.10 × runc | to reach 0.25: reached
                run | 6.14 MB | to reach 3.00: missed by 105 %""", verdicts(HYBRID));
    }

    @Test
    void version_2_has_its_own_numbers_to_reach() {
        assertEquals("""
                run | back to back | 0.10 × runc | to reach 0.30: reached
                run | 50 ms between | 0.10 × runc | to reach 0.30: reached
                run | 6.14 MB | to reach 3.00: missed by 105 %""", verdicts(new Report(CgroupLayout.V2, List.of("crun", "runc"))));
    }

    private static String verdicts(Report report) {
        return report.targets(List.of(run(0), run(50))).trim().replaceAll(" {2,}", " | ");
    }

    @Test
    void a_peer_that_was_not_measured_has_no_number_to_reach() {
        ResultTable alone = ResultTable.of(Benchmark.RUN, 50, List.of(new Series(NANOSECONDS, "run", "carafe", Samples.of(1))));
        assertEquals("", HYBRID.targets(List.of(alone)));
    }

    /** 0, 10, 30 and 60 binds at 10 and 20 microseconds each; one round of the twenty is spoilt. */
    @Test
    void a_slope_goes_through_the_medians_of_some_rounds_and_is_compared_as_such() {
        List<Series> series = new ArrayList<>();
        for (int count : new int[] {0, 10, 30, 60}) {
            double[] ours = new double[20];
            double[] theirs = new double[20];
            Arrays.fill(ours, 1e6 + count * 10_000);
            Arrays.fill(theirs, 2e6 + count * 20_000);
            ours[3] = count == 30 ? 9e6 : ours[3];
            series.add(new Series(NANOSECONDS, "run, " + count + " binds", "carafe", Samples.of(ours)));
            series.add(new Series(NANOSECONDS, "run, " + count + " binds", "crun", Samples.of(theirs)));
        }
        ResultTable table = ResultTable.of(Benchmark.FURTHER_MOUNTS, 0, series);
        String[] lines = HYBRID.table(table).split("\n");
        assertEquals("per bind | back to back | carafe | 0.0100 ms | 0.0100 ms | 0.0100 ms | 0.50", fields(lines[8]));
        assertEquals("crun | 0.0200 ms | 0.0200 ms | 0.0200 ms", fields(lines[9]));
        assertEquals("per bind | back to back | 0.50 × crun | to reach 1.00: reached",
                HYBRID.targets(List.of(table)).trim().replaceAll(" {2,}", " | "));
    }

    @Test
    void a_slope_that_is_lost_among_the_differences_of_runs_is_compared_with_nothing() {
        List<Series> series = new ArrayList<>();
        for (int count : new int[] {0, 10, 30, 60}) {
            series.add(new Series(NANOSECONDS, "run, " + count + " binds", "carafe", Samples.of(1e6 - count)));
            series.add(new Series(NANOSECONDS, "run, " + count + " binds", "crun", Samples.of(1e6 + count)));
        }
        ResultTable table = ResultTable.of(Benchmark.FURTHER_MOUNTS, 0, series);
        assertEquals("per bind | back to back | carafe | -0.0000 ms | -0.0000 ms | -0.0000 ms", fields(HYBRID.table(table).split("\n")[8]));
        assertEquals("", HYBRID.targets(List.of(table)));
    }
}
