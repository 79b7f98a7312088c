package io.carafe.benchmarks;

import io.carafe.benchmarks.result.ResultTable;
import io.carafe.benchmarks.result.ResultTable.Series;
import io.carafe.benchmarks.result.Benchmark;
import io.carafe.benchmarks.result.Samples;
import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.benchmarks.task.Exits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks by JMH, each in a JVM of its own. */
final class JmhRunner {

    private final WorkDirectory work;
    private final Path image;
    private final int rounds;
    private final int exits;

    JmhRunner(WorkDirectory work, Path image, int rounds, int exits) {
        this.work = work;
        this.image = image;
        this.rounds = rounds;
        this.exits = exits;
    }

    /** @param gapMillis counts for runtimes only */
    ResultTable run(Benchmark benchmark, int gapMillis) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include('^' + Pattern.quote(benchmark.type.getName()) + "\\.")
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (benchmark.kind == Benchmark.Kind.JVM) {
            return ResultTable.of(benchmark, gapMillis, List.of(own(new Runner(options.build()).runSingle())));
        }
        List<String> jvm = new ArrayList<>(work.properties());
        jvm.add("-D" + FirstParse.IMAGE + "=" + image);
        jvm.add("-D" + Exits.COUNT + "=" + exits);
        // A JVM that only waits: nothing of it shall run beside what is measured.
        jvm.addAll(List.of(Main.NO_PERF_DATA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m", "-Xmx64m"));
        options.addProfiler(Measurements.class).measurementIterations(Math.min(rounds, benchmark.mostRounds)).jvmArgsAppend(jvm.toArray(new String[0]));
        if (benchmark.kind == Benchmark.Kind.RUNTIMES) {
            options.param("gapMillis", Integer.toString(gapMillis));
        } else if (benchmark.kind.isOfShims()) {
            options.warmupIterations(benchmark.warmups);
        }
        return ResultTable.of(benchmark, gapMillis, noted(new Runner(options.build()).runSingle()));
    }

    /** JMH's own score. */
    private static Series own(RunResult result) {
        List<Double> values = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                values.add(iteration.getPrimaryResult().getScore());
            }
        }
        return new Series(Measure.NANOSECONDS, "config: parse again", "JVM", new Samples(values));
    }

    /** What the {@link Measurements} noted in each iteration. */
    @SuppressWarnings("rawtypes") // as JMH has it
    private static List<Series> noted(RunResult result) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                for (Map.Entry<String, Result> noted : iteration.getSecondaryResults().entrySet()) {
                    values.computeIfAbsent(noted.getKey(), label -> new ArrayList<>()).add(noted.getValue().getScore());
                }
            }
        }
        List<Series> series = new ArrayList<>();
        values.forEach((label, samples) -> {
            Key key = Key.parse(label);
            series.add(new Series(key.measure(), key.step(), key.runtime(), new Samples(samples)));
        });
        return series;
    }
}
