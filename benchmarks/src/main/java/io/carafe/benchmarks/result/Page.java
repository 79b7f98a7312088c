package io.carafe.benchmarks.result;

import io.carafe.benchmarks.result.ResultTable.Row;
import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.process.Measurements.Measure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A page in Markdown, the tables of which are made of results. What stands between two marks is replaced; a block one of whose benchmarks was
 * not run stays as it is.
 *
 * <pre>{@code
 * <!-- bench host Run Exec -->              a line for each step and regime of these benchmarks, run in this view
 * <!-- bench host machine Run -->           what Run was measured on
 * <!-- bench host percentiles Parallel -->  the same with the median, the 90th and the 99th of 100
 * <!-- end -->
 * }</pre>
 */
public final class Page {

    private static final String BEGIN = "<!-- bench ";
    private static final String CLOSE = " -->";
    private static final String END = "<!-- end -->";
    private static final String MACHINE = "machine";
    private static final String PERCENTILES = "percentiles";
    private static final String TITLE = "# Benchmarks";

    private final String view;
    private final CgroupLayout layout;
    private final Map<String, String> machine;
    private final List<ResultTable> tables;

    /** @param machine facts by name */
    public Page(String view, CgroupLayout layout, Map<String, String> machine, List<ResultTable> tables) {
        this.view = view;
        this.layout = layout;
        this.machine = machine;
        this.tables = tables;
    }

    /** @throws IllegalArgumentException when a block has no end, or names no benchmark */
    public String filled(String page) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (int begin = page.indexOf(BEGIN); begin >= 0; begin = page.indexOf(BEGIN, at)) {
            int head = page.indexOf('\n', begin);
            int end = page.indexOf(END, begin);
            if (head < 0 || end < head) {
                throw new IllegalArgumentException("a block without an end: " + page.substring(begin, Math.max(begin, head)));
            }
            String line = page.substring(begin, head);
            text.append(page, at, head + 1);
            text.append(block(List.of(line.substring(BEGIN.length(), line.indexOf(CLOSE)).split(" ")))
                    .orElse(page.substring(head + 1, end)));
            at = end;
        }
        return text.append(page.substring(at)).toString();
    }

    /** Says in the first line, the title, that the page was made on a busy machine, or not. @param othersPercent 0: it was idle */
    public static String titled(String page, int othersPercent) {
        return !page.startsWith(TITLE) ? page : TITLE + (othersPercent == 0 ? ""
                : ", made on a busy machine: others had up to " + othersPercent + " % of the processors' time") + page.substring(page.indexOf('\n'));
    }

    private Optional<String> block(List<String> words) {
        boolean ofMachine = words.contains(MACHINE);
        boolean percentiles = words.contains(PERCENTILES);
        List<ResultTable> about = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            if (!word.equals(MACHINE) && !word.equals(PERCENTILES)) {
                Benchmark benchmark = Benchmark.named(word);
                List<ResultTable> its = tables.stream().filter(table -> table.benchmark() == benchmark).toList();
                if (!words.get(0).equals(view) || its.isEmpty()) {
                    return Optional.empty();
                }
                about.addAll(its);
            }
        }
        return Optional.of(ofMachine ? machine() : table(about, percentiles));
    }

    private String machine() {
        StringBuilder text = new StringBuilder(row(List.of("", ""))).append(row(List.of("---", "---")));
        machine.forEach((name, fact) -> text.append(row(List.of(name, fact))));
        return text.toString();
    }

    private String table(List<ResultTable> about, boolean percentiles) {
        Set<String> names = new LinkedHashSet<>();
        about.forEach(table -> table.rows().forEach(row -> names.add(row.runtime())));
        List<String> runtimes = new ArrayList<>(names);
        List<String> peers = runtimes.stream().filter(name -> about.stream().anyMatch(table -> table.steps().stream()
                .anyMatch(step -> !name.equals(Target.OURS) && table.ratio(step, Target.OURS, name).isPresent()))).toList();
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(runtimes);
        peers.forEach(peer -> head.add("× " + peer));
        head.add("to reach");
        StringBuilder text = new StringBuilder(row(head)).append(row(head.stream().map(name -> "---").toList()));
        for (ResultTable table : about) {
            for (String step : table.steps()) {
                text.append(row(values(table, step, runtimes, peers, percentiles)));
                if (!percentiles && table.benchmark().kind == Benchmark.Kind.RUNTIMES && table.rows().stream().anyMatch(row -> row.step().equals(step) && row.peakKibibytes().isPresent())) {
                    text.append(row(peaks(table, step, runtimes, peers)));
                }
            }
        }
        return text.toString();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private List<String> values(ResultTable table, String step, List<String> runtimes, List<String> peers, boolean percentiles) {
        List<String> cells = new ArrayList<>();
        cells.add(table.benchmark().kind == Benchmark.Kind.RUNTIMES ? step + ", " + table.regime() : step);
        runtimes.forEach(name -> cells.add(table.row(step, name).map(row -> text(row, percentiles)).orElse("")));
        peers.forEach(peer -> cells.add(table.ratios(step, Target.OURS, peer).map(Page::ratio).orElse("")));
        cells.add(targets(table, step, false));
        return cells;
    }

    private static String text(Row row, boolean percentiles) {
        String median = row.measure().text(row.values().median());
        return !percentiles || row.values().values().size() == 1 ? median
                : median + " / " + row.measure().text(row.values().quantile(0.9)) + " / " + row.measure().text(row.values().quantile(0.99));
    }

    private List<String> peaks(ResultTable table, String step, List<String> runtimes, List<String> peers) {
        List<String> cells = new ArrayList<>();
        cells.add(step + ", peak memory");
        runtimes.forEach(name -> cells.add(table.row(step, name).flatMap(row -> row.peakKibibytes().map(peak -> Measure.memory(peak.median())))
                .orElse("")));
        peers.forEach(peer -> cells.add(table.ratiosOfPeaks(step, Target.OURS, peer).map(Page::ratio).orElse("")));
        cells.add(targets(table, step, true));
        return cells;
    }

    /** @param ofPeaks those of the peak of memory beside a time, or the others */
    private String targets(ResultTable table, String step, boolean ofPeaks) {
        List<String> words = new ArrayList<>();
        for (Target target : Target.values()) {
            if (target.step.equals(step) && ofPeaks == target.isOfPeaks(table)) {
                target.reached(layout, table).ifPresent(value -> words.add(target.words() + (value <= target.limit ? "" : " **missed**")));
            }
        }
        return String.join(", ", words);
    }

    /** The median, and behind it the quartiles where there are some. */
    private static String ratio(Samples ratios) {
        String median = decimal(ratios.median());
        return ratios.values().size() == 1 ? median : median + " (" + decimal(ratios.quantile(0.25)) + "–" + decimal(ratios.quantile(0.75)) + ")";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
