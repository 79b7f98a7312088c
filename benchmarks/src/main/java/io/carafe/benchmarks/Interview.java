package io.carafe.benchmarks;

import io.carafe.benchmarks.answer.Answer;
import io.carafe.benchmarks.answer.Answer.Series;
import io.carafe.benchmarks.answer.Question;
import io.carafe.benchmarks.answer.Samples;
import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.process.Ledger;
import io.carafe.benchmarks.process.Ledger.Line;
import io.carafe.benchmarks.process.Ledger.Measure;
import io.carafe.benchmarks.process.Workplace;
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

/** Puts questions by JMH, each in a JVM of its own. */
final class Interview {

    private final Workplace workplace;
    private final Path image;
    private final int rounds;
    private final int exits;

    Interview(Workplace workplace, Path image, int rounds, int exits) {
        this.workplace = workplace;
        this.image = image;
        this.rounds = rounds;
        this.exits = exits;
    }

    /** @param gapMillis counts for runtimes only */
    Answer ask(Question question, int gapMillis) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include('^' + Pattern.quote(question.benchmark.getName()) + "\\.")
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (question.kind == Question.Kind.JVM) {
            return Answer.of(question, gapMillis, List.of(own(new Runner(options.build()).runSingle())));
        }
        List<String> jvm = new ArrayList<>(workplace.properties());
        jvm.add("-D" + FirstParse.IMAGE + "=" + image);
        jvm.add("-D" + Exits.COUNT + "=" + exits);
        // A JVM that only waits: nothing of it shall run beside what is measured.
        jvm.addAll(List.of(Main.NO_PERF_DATA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m", "-Xmx64m"));
        options.addProfiler(Ledger.class).measurementIterations(Math.min(rounds, question.mostRounds)).jvmArgsAppend(jvm.toArray(new String[0]));
        if (question.kind == Question.Kind.RUNTIMES) {
            options.param("gapMillis", Integer.toString(gapMillis));
        } else if (question.kind.isOfShims()) {
            options.warmupIterations(question.warmups);
        }
        return Answer.of(question, gapMillis, noted(new Runner(options.build()).runSingle()));
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

    /** What the {@link Ledger} noted in each iteration. */
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
            Line line = Line.parse(label);
            series.add(new Series(line.measure(), line.step(), line.runtime(), new Samples(samples)));
        });
        return series;
    }
}
