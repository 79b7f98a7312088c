package io.carafe.benchmarks.result;

import static io.carafe.benchmarks.process.Measurements.Measure.KIBIBYTES;
import static io.carafe.benchmarks.process.Measurements.Measure.NANOSECONDS;
import static io.carafe.benchmarks.process.Measurements.Measure.PEAK_KIBIBYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.benchmarks.result.ResultTable.Series;
import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.task.ShimMemory.Load;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final List<ResultTable> TABLES = List.of(
            ResultTable.of(Benchmark.RUN, 0, List.of(
                    new Series(NANOSECONDS, "run", "carafe", Samples.of(9_000_000)),
                    new Series(PEAK_KIBIBYTES, "run", "carafe", Samples.of(4_000)),
                    new Series(NANOSECONDS, "run", "crun", Samples.of(10_000_000)),
                    new Series(PEAK_KIBIBYTES, "run", "crun", Samples.of(8_000)))),
            ResultTable.of(Benchmark.RUN, 50, List.of(
                    new Series(NANOSECONDS, "run", "carafe", Samples.of(3_000_000)),
                    new Series(NANOSECONDS, "run", "crun", Samples.of(10_000_000)))),
            ResultTable.of(Benchmark.SHIM_MEMORY, 0, List.of(
                    new Series(KIBIBYTES, Load.ONE.pss(), "carafe", Samples.of(900)),
                    new Series(KIBIBYTES, Load.ONE.pss(), ContainerdShim.PEER, Samples.of(12_000)))));

    private static String filled(String page) {
        return new Page("host", CgroupLayout.HYBRID, Map.of("kernel", "Linux"), TABLES).filled(page);
    }

    @Test
    void a_block_gets_the_results_of_its_benchmarks_with_what_is_to_be_reached() {
        assertEquals("""
                before
                <!-- bench host Run -->
                |  | carafe | crun | × crun | to reach |
                | --- | --- | --- | --- | --- |
                | run, back to back | 9.00 ms | 10.00 ms | 0.90 | ≤ 0.8 × crun **missed** |
                | run, peak memory | 4.10 MB | 8.19 MB | 0.50 | ≤ 3 MB **missed** |
                | run, 50 ms between | 3.00 ms | 10.00 ms | 0.30 | ≤ 0.35 × crun |
                <!-- end -->
                after
                """, filled("before\n<!-- bench host Run -->\nold\n<!-- end -->\nafter\n"));
    }

    @Test
    void of_several_rounds_a_ratio_is_the_median_with_its_quartiles_and_a_block_may_want_percentiles() {
        ResultTable several = ResultTable.of(Benchmark.RUN, 0, List.of(
                new Series(NANOSECONDS, "run", "carafe", Samples.of(1_000_000, 2_000_000, 3_000_000)),
                new Series(NANOSECONDS, "run", "runc", Samples.of(10_000_000, 10_000_000, 10_000_000))));
        Page page = new Page("host", CgroupLayout.HYBRID, Map.of(), List.of(several));
        assertEquals("| run, back to back | 2.00 ms | 10.00 ms | 0.20 (0.15–0.25) | ≤ 0.3 × runc |",
                page.filled("<!-- bench host Run -->\n<!-- end -->\n").split("\n")[3]);
        assertEquals("| run, back to back | 2.00 ms / 2.80 ms / 2.98 ms | 10.00 ms / 10.00 ms / 10.00 ms | 0.20 (0.15–0.25) | ≤ 0.3 × runc |",
                page.filled("<!-- bench host percentiles Run -->\n<!-- end -->\n").split("\n")[3]);
    }

    @Test
    void the_first_line_says_whether_others_had_the_processors() {
        String busy = Page.titled("# Benchmarks\n\ntext\n", 12);
        assertEquals("# Benchmarks, made on a busy machine: others had up to 12 % of the processors' time\n\ntext\n", busy);
        assertEquals("# Benchmarks\n\ntext\n", Page.titled(busy, 0));
        assertEquals("# Another\n", Page.titled("# Another\n", 12));
    }

    @Test
    void the_memory_of_shims_is_to_reach_a_ratio_and_a_number() {
        assertEquals("""
                <!-- bench host ShimMemory -->
                |  | carafe | runc-v2 | × runc-v2 | to reach |
                | --- | --- | --- | --- | --- |
                | PSS, one container | 900 KiB | 12.29 MB | 0.08 | ≤ 0.2 × runc-v2, ≤ 2 MB |
                <!-- end -->
                """, filled("<!-- bench host ShimMemory -->\n<!-- end -->\n"));
    }

    @Test
    void a_block_of_the_machine_belongs_to_benchmarks() {
        assertEquals("<!-- bench host machine Run -->\n|  |  |\n| --- | --- |\n| kernel | Linux |\n<!-- end -->\n",
                filled("<!-- bench host machine Run -->\n<!-- end -->\n"));
    }

    @Test
    void what_was_not_measured_in_this_view_stays() {
        for (String head : List.of("v2 Run", "host Run Exec", "host machine Exec")) {
            String page = "<!-- bench " + head + " -->\nold\n<!-- end -->\n";
            assertEquals(page, filled(page));
        }
    }

    @Test
    void a_block_without_an_end_is_an_error() {
        assertThrows(IllegalArgumentException.class, () -> filled("<!-- bench host Run -->\nold\n"));
    }
}
