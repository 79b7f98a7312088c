package io.carafe.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.benchmarks.Arguments.Peer;
import io.carafe.benchmarks.result.Benchmark;
import io.carafe.benchmarks.host.View;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    @Test
    void without_arguments_all_that_is_usual_is_asked_in_both_regimes_and_views() {
        Arguments arguments = Arguments.parse(List.of());
        assertEquals(Benchmark.usual(), arguments.benchmarks());
        assertEquals(List.of(0, 50), arguments.gapsMillis());
        assertEquals(List.of(View.HOST, View.V2), arguments.views());
    }

    @Test
    void benchmarks_runtimes_and_gaps_may_be_several() {
        Arguments arguments = Arguments.parse(
                List.of("Run", "--runtime", "/a/crun", "--gap", "500", "State", "--runtime", "newest=/b/crun"));
        assertEquals(List.of(Benchmark.RUN, Benchmark.STATE), arguments.benchmarks());
        assertEquals(List.of(new Peer("crun", Path.of("/a/crun")), new Peer("newest", Path.of("/b/crun"))), arguments.runtimes());
        assertEquals(List.of(500), arguments.gapsMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "Runs, 'no benchmark Runs; there are Version, State, Run, RunLikeDockers, Exec, Kill, Update, PauseResume, Ps, Events, SmallestLimit, CreateStartDelete, FurtherMounts, FurtherLayers, RunOfDocker, RunRootless, ExecTerminal, SystemCalls, ColdStart, Parallel, BesideNone, BesideHundred, BesideThousand, ShimStart, ShimMemory, ShimMemoryOfMany, ShimExec, ShimStateBesideExec, CtrRun, Throughput, Exits, FirstParse, ParseConfig'",
        "--rounds 0, '--rounds: expected a number from 1 on, found \"0\"'",
        "--gap soon, '--gap: expected a number from 0 on, found \"soon\"'",
        "--view v3, '--view: expected host or v2, found \"v3\"'",
        "--fast yes, '--fast: no such option'",
        "--carafe, '--carafe: its value is missing'"})
    void a_wrong_word_is_named(String words, String message) {
        List<String> split = List.of(words.split(" "));
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Arguments.parse(split)).getMessage());
    }
}
