package io.carafe.benchmarks.result;

import io.carafe.benchmarks.result.ResultTable.Row;
import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.process.Measurements.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Results as text: a table, then the numbers to reach. */
public final class Report {

    private final CgroupLayout layout;
    private final List<String> names;
    /** Whom carafe is compared with, in the order of the columns. */
    private final List<String> peers;

    /** @param names of those that take part */
    public Report(CgroupLayout layout, List<String> names) {
        this.layout = layout;
        this.names = List.copyOf(names);
        this.peers = names.stream().filter(name -> !name.equals(Target.OURS)).toList();
    }

    /** Whether nobody takes part. */
    public boolean isOfNobody() {
        return names.isEmpty();
    }

    /** The names of the columns, for the lines of {@link #table}. */
    public String heading() {
        StringBuilder line = new StringBuilder(String.format("%-32s%-15s%-12s%12s%12s%12s%12s",
                "", "", "", "median", "p10", "p90", "peak"));
        for (String peer : peers) {
            line.append(String.format("%14s", "× " + peer));
        }
        return line.toString();
    }

    /** A line for each step and runtime. The peak is the highest of the resident set; the ratios are medians over the rounds. */
    public String table(ResultTable table) {
        StringBuilder text = new StringBuilder();
        for (String step : table.steps()) {
            String regime = table.benchmark().kind.isOfRuntimes() ? table.regime() : "";
            String name = step;
            for (Row row : table.rows()) {
                if (row.step().equals(step)) {
                    text.append(String.format("%-32s%-15s%-12s", name, regime, row.runtime()));
                    text.append(value(row, row.values().median())).append(value(row, row.values().quantile(0.1)))
                            .append(value(row, row.values().quantile(0.9)));
                    text.append(row.peakKibibytes().map(peak -> String.format("%12s", Measure.memory(peak.max())))
                            .orElse("            "));
                    for (String peer : peers) {
                        text.append(ratio(table, row, peer));
                    }
                    trim(text).append('\n');
                    name = "";
                    regime = "";
                }
            }
        }
        return text.toString();
    }

    private static String ratio(ResultTable table, Row row, String peer) {
        Optional<Double> ratio = row.runtime().equals(peer) ? Optional.empty() : table.ratio(row.step(), row.runtime(), peer);
        return ratio.map(times -> decimal("%14.2f", times)).orElse(" ".repeat(14));
    }

    private static StringBuilder trim(StringBuilder text) {
        while (text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        return text;
    }

    private static String value(Row row, double value) {
        return String.format("%12s", row.measure().text(value));
    }

    private static String decimal(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** A line for each number to reach that was measured. */
    public String targets(List<ResultTable> tables) {
        StringBuilder text = new StringBuilder();
        for (Target target : Target.values()) {
            for (ResultTable table : tables) {
                target.reached(layout, table).ifPresent(value -> text.append(verdict(target, table, value)).append('\n'));
            }
        }
        return text.toString();
    }

    private static String verdict(Target target, ResultTable table, double value) {
        List<String> words = new ArrayList<>(List.of(String.format("%-32s%-15s", target.step, target.unit == Target.Unit.TIMES
                ? table.regime() : "")));
        words.add(decimal("%6.2f", value));
        words.add(String.format("%-7s", target.unit == Target.Unit.TIMES ? "× " + target.peer : target.unit.text));
        words.add("to reach " + decimal("%.2f", target.limit) + ":");
        words.add(value <= target.limit ? "reached" : target.limit == 0 ? "missed" : "missed by " + decimal("%.0f", 100 * (value / target.limit - 1)) + " %");
        return String.join(" ", words);
    }
}
