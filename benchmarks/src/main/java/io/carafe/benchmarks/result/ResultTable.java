package io.carafe.benchmarks.result;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.slope.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The results of a benchmark in one regime.
 *
 * @param gapMillis 0: back to back
 * @param rows by step, then by runtime
 */
public record ResultTable(Benchmark benchmark, int gapMillis, List<Row> rows) {

    private static final int ROUNDS_OF_A_SLOPE = 20;

    /**
     * What was measured of a step: times in nanoseconds, or memory in KiB where that is what is measured.
     *
     * @param peakKibibytes the peak resident set beside a time, which is measured back to back only
     */
    public record Row(String step, String runtime, Measure measure, Samples values, Optional<Samples> peakKibibytes) {
    }

    /** A series of values as JMH brings it. */
    public record Series(Measure measure, String step, String runtime, Samples samples) {
    }

    public static ResultTable of(Benchmark benchmark, int gapMillis, List<Series> series) {
        List<Row> rows = new ArrayList<>(series.stream()
                .filter(one -> one.measure() != Measure.PEAK_KIBIBYTES)
                .map(one -> new Row(one.step(), one.runtime(), one.measure(), one.samples(), series.stream()
                        .filter(other -> other.measure() == Measure.PEAK_KIBIBYTES)
                        .filter(other -> other.step().equals(one.step()) && other.runtime().equals(one.runtime()))
                        .map(Series::samples)
                        .findFirst()))
                .toList());
        benchmark.axis.ifPresent(axis -> rows.addAll(slopes(axis, rows)));
        return new ResultTable(benchmark, gapMillis, List.copyOf(rows));
    }

    /**
     * A row a runtime: the slope through the medians of twenty rounds, then of the next twenty. That of a single round would be noise, as
     * a run differs from the next by more than what is looked for.
     */
    private static List<Row> slopes(Axis axis, List<Row> rows) {
        List<Row> slopes = new ArrayList<>();
        for (String runtime : rows.stream().map(Row::runtime).distinct().toList()) {
            List<Samples> along = axis.counts().stream().map(count -> rows.stream()
                    .filter(row -> row.runtime().equals(runtime) && row.step().equals(axis.stepOf(count)))
                    .findFirst().orElseThrow().values()).toList();
            int rounds = along.get(0).values().size();
            int groups = Math.max(1, rounds / ROUNDS_OF_A_SLOPE);
            List<Double> values = new ArrayList<>();
            for (int group = 0; group < groups; group++) {
                int from = group * rounds / groups;
                int to = (group + 1) * rounds / groups;
                values.add(axis.slope(along.stream().map(one -> new Samples(one.values().subList(from, to)).median()).toList()));
            }
            slopes.add(new Row(axis.step(), runtime, Measure.NANOSECONDS, new Samples(values), Optional.empty()));
        }
        return slopes;
    }

    Optional<Row> row(String step, String runtime) {
        return rows.stream().filter(row -> row.step().equals(step) && row.runtime().equals(runtime)).findFirst();
    }

    /** How many times the other's. Empty where one was not measured, or is a slope of 0 or less: lost among the differences of runs. */
    Optional<Double> ratio(String step, String runtime, String other) {
        return ratios(step, runtime, other).map(Samples::median);
    }

    /** The same of each round. */
    Optional<Samples> ratios(String step, String runtime, String other) {
        return row(step, runtime).flatMap(ours -> row(step, other)
                .filter(theirs -> ours.values().median() > 0 && theirs.values().median() > 0)
                .map(theirs -> ours.values().ratiosTo(theirs.values())));
    }

    /** Of the peaks of memory beside the times. */
    Optional<Samples> ratiosOfPeaks(String step, String runtime, String other) {
        return row(step, runtime).flatMap(Row::peakKibibytes).flatMap(ours -> row(step, other).flatMap(Row::peakKibibytes)
                .map(theirs -> ours.ratiosTo(theirs)));
    }

    List<String> steps() {
        return rows.stream().map(Row::step).distinct().toList();
    }

    String regime() {
        return regime(gapMillis);
    }

    static String regime(int gapMillis) {
        return gapMillis == 0 ? "back to back" : gapMillis + " ms between";
    }
}
