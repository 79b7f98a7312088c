package io.carafe.conformance.report;

import io.carafe.conformance.requirement.Chapter;
import io.carafe.conformance.requirement.Requirement;
import java.io.PrintStream;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A line for each test as it ends, in colours where somebody looks on, and the sum at the end. */
public final class ConsoleProgress {

    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String GREY = "90";

    private final PrintStream out;
    private final boolean coloured;

    public ConsoleProgress(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    public void begin(String runtime, String host) {
        out.println(paint("1", runtime) + " on " + host);
    }

    public synchronized void print(Result result) {
        boolean should = result.requirements().stream().noneMatch(row -> row.level().absolute);
        String colour = switch (result.outcome()) {
            case PASS -> GREEN;
            case FAIL -> should ? YELLOW : RED;
            default -> GREY;
        };
        String word = result.outcome() == Outcome.FAIL && should ? "weak" : result.outcome().word;
        out.println(paint(colour, String.format("%-4s", word)) + " " + result.sentence() + paint(GREY, " [" + ids(result) + "] "
                + result.millis() + " ms"));
        if (!result.reason().isEmpty()) {
            out.println("     " + paint(colour, result.reason().strip().lines().findFirst().orElse("")));
        }
        result.host().forEach(line -> out.println("     " + paint(RED, "the host: " + line)));
    }

    private static String ids(Result result) {
        return result.requirements().stream().map(Requirement::id).collect(Collectors.joining(" "));
    }

    public void end(Report report) {
        out.println();
        out.println(paint("1", report.runtime()) + String.format(": %d tests in %.1f s", report.results().size(), report.millis() / 1000.0));
        report.refusal().ifPresent(why -> out.println("  " + paint(RED, "not asked: no container can be made: " + why)));
        sum(report, true);
        sum(report, false);
        for (Chapter group : Chapter.beyond()) {
            long all = report.results().stream().filter(result -> in(result, group)).count();
            if (all > 0) {
                out.println("  " + String.format("%-9s", group.name) + count(report, group, Outcome.PASS) + " pass, "
                        + count(report, group, Outcome.FAIL) + " fail, " + count(report, group, Outcome.SKIP) + " skipped");
            }
        }
        report.laterAndNotMet().stream().collect(Collectors.groupingBy(Requirement::since, TreeMap::new, Collectors.counting()))
                .forEach((since, count) -> out.println("  not met, and not claimed: " + count + " of " + since + " (the runtime is of "
                        + report.description().spec() + ")"));
        report.description().expected().forEach((id, reason) -> out.println("  accepted: " + id + ": " + reason));
        report.unexpectedlyMet().forEach(id -> out.println("  " + paint(YELLOW, "accepted as not met, and met: " + id)));
        report.notAsked().forEach(row -> out.println("  " + paint(YELLOW, "could not be asked of this runtime: " + row.id())));
        report.hostChanges().forEach(line -> out.println("  " + paint(RED, "the host is not as it was: " + line)));
        long asked = report.count(true, Outcome.PASS) + report.count(true, Outcome.FAIL);
        long all = asked + report.count(true, Outcome.SKIP);
        out.println("  " + paint(report.conforms() ? GREEN : RED, report.conclusion().words)
                + (all == 0 ? "" : ": " + asked + " of " + all + " MUSTs of " + report.description().spec() + " asked"));
    }

    private void sum(Report report, boolean absolute) {
        long pass = report.count(absolute, Outcome.PASS);
        long fail = report.count(absolute, Outcome.FAIL);
        long skip = report.count(absolute, Outcome.SKIP);
        if (pass + fail + skip > 0) {
            out.println("  " + String.format("%-9s", absolute ? "MUST" : "SHOULD") + pass + " met, "
                    + paint(fail > 0 ? absolute ? RED : YELLOW : GREEN, fail + " not met") + ", " + skip + " skipped");
        }
    }

    private static boolean in(Result result, Chapter chapter) {
        return result.requirements().stream().anyMatch(row -> row.chapter() == chapter);
    }

    private static long count(Report report, Chapter chapter, Outcome outcome) {
        return report.results().stream().filter(result -> in(result, chapter) && result.outcome() == outcome).count();
    }

    private String paint(String colour, String text) {
        return coloured ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }
}
