package io.carafe.benchmarks.picture;

import io.carafe.benchmarks.picture.Bars.Group;
import io.carafe.benchmarks.result.Results;
import io.carafe.benchmarks.result.Results.Row;
import io.carafe.benchmarks.result.Samples;
import io.carafe.benchmarks.slope.Axis;
import io.carafe.benchmarks.slope.FurtherLayers;
import io.carafe.benchmarks.slope.FurtherMounts;
import io.carafe.runtime.cli.trace.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which pictures there are, by the names of their files. One of which nothing was measured is left out. */
public final class Drawings {

    private static final int GAP_MILLIS = 50;
    private static final String QUARTILES = "Medians of whole processes in turns; the line is from the first to the third quartile";

    /** A bar group's label, and where its samples are. */
    private record Step(String label, String benchmark, String step) {
    }

    private static final List<Step> LIFE = List.of(new Step("run", "Run", "run"), new Step("exec", "Exec", "exec"),
            new Step("create", "CreateStartDelete", "create"), new Step("start", "CreateStartDelete", "start"),
            new Step("state", "State", "state"), new Step("kill", "Kill", "kill"), new Step("delete", "CreateStartDelete", "delete"));
    private static final List<Step> SHIM = List.of(new Step("start of the shim", "ShimStart", "start to first answer"),
            new Step("exec to delete", "ShimExec", "exec to delete"), new Step("ctr run", "CtrRun", "ctr run"));

    private final Map<String, String> files = new LinkedHashMap<>();

    private Drawings() {
    }

    /** @return SVG by name of a file, without the ending */
    public static Map<String, String> of(List<Results> views, Optional<Trace> run) {
        Drawings drawings = new Drawings();
        views.forEach(drawings::view);
        run.ifPresent(trace -> drawings.files.put("run-time-line", TimeLine.draw("One carafe run of /bin/true, call by call", trace)));
        return drawings.files;
    }

    private void view(Results results) {
        String cgroups = results.machine().getOrDefault("cgroups", results.view()).replaceAll(" \\(.*", "");
        String where = ", cgroups " + cgroups;
        String words = QUARTILES + "; " + results.machine().getOrDefault("date", "") + busy(results) + ".";
        bars("life-" + results.view(), "Time of a command, 50 ms after the one before" + where, words, groups(results, LIFE, GAP_MILLIS));
        bars("life-back-to-back-" + results.view(), "Time of a command, back to back" + where, words, groups(results, LIFE, 0));
        bars("shim-" + results.view(), "Time under containerd's shim", words, groups(results, SHIM, 0));
        List<Group> runs = new ArrayList<>();
        samples(results, new Step("", "Run", "run"), 0).ifPresent(bars -> runs.add(new Group("back to back", bars)));
        samples(results, new Step("", "Run", "run"), GAP_MILLIS).ifPresent(bars -> runs.add(new Group("50 ms between", bars)));
        if (!runs.isEmpty()) {
            files.put("run-samples-" + results.view(), Strips.draw("Every single run" + where,
                    "A dot a run, a line the median; " + results.machine().getOrDefault("date", "") + busy(results) + ".", runs));
        }
        slope(results, "FurtherMounts", FurtherMounts.AXIS, "Time of a run with more and more binds" + where, words);
        slope(results, "FurtherLayers", FurtherLayers.AXIS, "Time of a run with more and more layers (for the others: binds)" + where, words);
    }

    private static String busy(Results results) {
        return results.othersPercent() == 0 ? "" : ", others had " + results.othersPercent() + " % of the processors";
    }

    private void bars(String file, String title, String words, List<Group> groups) {
        if (!groups.isEmpty()) {
            files.put(file, Bars.draw(title, words, groups));
        }
    }

    private static List<Group> groups(Results results, List<Step> steps, int gapMillis) {
        List<Group> groups = new ArrayList<>();
        steps.forEach(step -> samples(results, step, gapMillis).ifPresent(bars -> groups.add(new Group(step.label(), bars))));
        return groups;
    }

    private static Optional<Map<String, Samples>> samples(Results results, Step step, int gapMillis) {
        Map<String, Samples> bars = new LinkedHashMap<>();
        for (String runtime : results.runtimes(step.benchmark(), gapMillis, step.step())) {
            bars.put(runtime, results.row(step.benchmark(), gapMillis, step.step(), runtime).map(Row::values).orElseThrow());
        }
        return bars.isEmpty() ? Optional.empty() : Optional.of(bars);
    }

    private void slope(Results results, String benchmark, Axis axis, String title, String words) {
        Map<String, TreeMap<Integer, Samples>> along = new LinkedHashMap<>();
        for (int count : axis.counts()) {
            for (String runtime : results.runtimes(benchmark, 0, axis.stepOf(count))) {
                along.computeIfAbsent(runtime, name -> new TreeMap<>()).put(count, results.row(benchmark, 0, axis.stepOf(count), runtime).orElseThrow().values());
            }
        }
        if (!along.isEmpty()) {
            files.put(axis.things() + "-" + results.view(), Slopes.draw(title, words, axis.things(), along));
        }
    }
}
