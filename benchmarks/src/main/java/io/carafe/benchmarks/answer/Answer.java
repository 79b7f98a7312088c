package io.carafe.benchmarks.answer;

import io.carafe.benchmarks.process.Ledger.Measure;
import java.util.List;
import java.util.Optional;

/**
 * What came of a question in one regime.
 *
 * @param gapMillis 0: back to back
 * @param rows by step, then by runtime
 */
public record Answer(Question question, int gapMillis, List<Row> rows) {

    /** Times in nanoseconds; the peak resident set in KiB, which is measured back to back only. */
    public record Row(String step, String runtime, Samples nanos, Optional<Samples> peakKibibytes) {
    }

    /** A series of values as JMH brings it. */
    public record Series(Measure measure, String step, String runtime, Samples samples) {
    }

    public static Answer of(Question question, int gapMillis, List<Series> series) {
        return new Answer(question, gapMillis, series.stream()
                .filter(one -> one.measure() == Measure.NANOSECONDS)
                .map(one -> new Row(one.step(), one.runtime(), one.samples(), series.stream()
                        .filter(other -> other.measure() == Measure.PEAK_KIBIBYTES)
                        .filter(other -> other.step().equals(one.step()) && other.runtime().equals(one.runtime()))
                        .map(Series::samples)
                        .findFirst()))
                .toList());
    }

    Optional<Row> row(String step, String runtime) {
        return rows.stream().filter(row -> row.step().equals(step) && row.runtime().equals(runtime)).findFirst();
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
