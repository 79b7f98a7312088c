package io.carafe.conformance.report.form;

import static io.carafe.conformance.report.form.Html.escaped;

import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.requirement.Chapter;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One page to read: requirements by chapter, a column a runtime, the evidence behind each. It needs nothing beside itself. */
final class Page {

    private final List<Report> reports;
    private final StringBuilder html = new StringBuilder();

    private Page(List<Report> reports) {
        this.reports = reports;
    }

    static String of(List<Report> reports) {
        Page page = new Page(reports);
        page.whole();
        return page.html.toString();
    }

    private void whole() {
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>OCI runtime conformance: ")
                .append(escaped(String.join(", ", reports.stream().map(Report::runtime).toList()))).append("</title>\n<style>\n")
                .append(resource("page.css")).append("</style>\n</head>\n<body>\n<header>\n<h1>OCI runtime conformance</h1>\n<p>")
                .append("Runtime specification ").append(Requirements.VERSION).append(". ").append(escaped(reports.get(0).host())).append(". ")
                .append(escaped(reports.get(0).time().replace('T', ' ').replace("Z", " UTC"))).append(".</p>\n</header>\n<main>\n");
        cards();
        damage();
        filters();
        for (Chapter chapter : Chapter.values()) {
            chapter(chapter);
        }
        html.append("</main>\n<footer>Each requirement stands in words of this suite's own and links to its section. "
                + "MUST, MUST NOT and REQUIRED decide about conformance; SHOULD and SHOULD NOT are advice. In the evidence $TEST is the "
                + "directory of the test.</footer>\n<script>\n")
                .append(resource("page.js")).append("</script>\n</body>\n</html>\n");
    }

    private void cards() {
        html.append("<section class=\"cards\">\n");
        for (Report report : reports) {
            html.append("<article class=\"card\"><h2>").append(escaped(report.runtime())).append("</h2><p class=\"path\">")
                    .append(escaped(report.path())).append("</p>");
            html.append("<p class=\"verdict\">").append(report.conclusion().words).append(", held to ").append(report.description().spec()).append("</p>");
            report.refusal().ifPresent(why -> html.append("<p class=\"because\">not asked: no container can be made: ").append(escaped(why)).append("</p>"));
            bar("MUST", report, true);
            bar("SHOULD", report, false);
            for (Chapter chapter : Chapter.beyond()) {
                bar(chapter.title, Requirements.of(chapter), report);
            }
            html.append("<p class=\"time\">").append(report.results().size()).append(" tests in ")
                    .append(report.millis() / 1000).append(" s</p></article>\n");
        }
        html.append("</section>\n");
    }

    private void bar(String title, Report report, boolean absolute) {
        bar(title, Requirements.all().stream().filter(row -> row.chapter().ofSpecification() && row.level().absolute == absolute).toList(), report);
    }

    private void bar(String title, List<Requirement> rows, Report report) {
        long pass = rows.stream().filter(row -> report.outcome(row) == Outcome.PASS).count();
        long fail = rows.stream().filter(row -> report.outcome(row) == Outcome.FAIL).count();
        long skip = rows.stream().filter(row -> report.outcome(row) == Outcome.SKIP).count();
        if (pass + fail + skip == 0) {
            return;
        }
        boolean weak = !rows.get(0).level().absolute;
        html.append("<div class=\"bar\"><span class=\"name\">").append(title).append("</span><span class=\"strip\" aria-hidden=\"true\">");
        part("pass", pass);
        part(weak ? "weak" : "fail", fail);
        part("skip", skip);
        html.append("</span><span class=\"sum\">").append(pass).append(" met");
        if (fail > 0) {
            html.append(", <b class=\"").append(weak ? "weak" : "fail").append("\">").append(fail).append(" not</b>");
        }
        if (skip > 0) {
            html.append(", ").append(skip).append(" skipped");
        }
        html.append("</span></div>");
    }

    private void part(String name, long count) {
        if (count > 0) {
            html.append("<i class=\"").append(name).append("\" style=\"flex:").append(count).append("\"></i>");
        }
    }

    private void damage() {
        for (Report report : reports) {
            if (!report.hostChanges().isEmpty()) {
                html.append("<section class=\"damage\"><h2>").append(escaped(report.runtime())).append(" changed the host</h2><pre>")
                        .append(escaped(String.join("\n", report.hostChanges()))).append("</pre></section>\n");
            }
        }
    }

    private void filters() {
        html.append("<nav class=\"filters\"><div role=\"group\" aria-label=\"Show\">");
        for (String[] choice : new String[][] {{"tested", "Tested"}, {"fail", "Not met"}, {"differ", "Runtimes differ"},
                {"skip", "Skipped"}, {"all", "All"}}) {
            if (!choice[0].equals("differ") || reports.size() > 1) {
                html.append("<button type=\"button\" data-show=\"").append(choice[0]).append("\">").append(choice[1]).append("</button>");
            }
        }
        html.append("</div><input type=\"search\" placeholder=\"Search\" aria-label=\"Search\"></nav>\n");
    }

    private void chapter(Chapter chapter) {
        List<Requirement> rows = Requirements.of(chapter);
        if ((!chapter.ofSpecification() || !specificationIsAsked()) && rows.stream().allMatch(row -> reports.stream().allMatch(report ->
                report.outcome(row) == Outcome.UNTESTED))) {
            return;
        }
        html.append("<section class=\"chapter\"><h2>").append(chapter.title).append(chapter.ofSpecification() ? " <small>" + chapter.file
                + "</small>" : " <small>beyond the specification</small>").append("</h2>\n");
        html.append("<div class=\"row head\" style=\"--runtimes:").append(reports.size()).append("\"><span></span>");
        reports.forEach(report -> html.append("<span>").append(escaped(report.shortName())).append("</span>"));
        html.append("</div>\n");
        rows.forEach(this::row);
        html.append("</section>\n");
    }

    /** A shim is not. */
    private boolean specificationIsAsked() {
        return reports.stream().flatMap(report -> report.results().stream()).flatMap(result -> result.requirements().stream())
                .anyMatch(row -> row.chapter().ofSpecification());
    }

    private void row(Requirement row) {
        List<Outcome> outcomes = reports.stream().map(report -> report.outcome(row)).toList();
        boolean tested = outcomes.stream().anyMatch(outcome -> outcome != Outcome.UNTESTED);
        html.append("<details class=\"requirement\" id=\"").append(row.id()).append("\" data-is=\"").append(tested ? "tested" : "untested")
                .append(outcomes.contains(Outcome.FAIL) ? " fail" : "").append(outcomes.contains(Outcome.SKIP) ? " skip" : "")
                .append(outcomes.stream().distinct().count() > 1 ? " differ" : "").append("\"><summary><span class=\"row\" style=\"--runtimes:")
                .append(reports.size()).append("\"><span class=\"what\"><b class=\"level\">").append(row.level().words).append("</b><span>")
                .append(escaped(row.what())).append("</span></span>");
        for (int i = 0; i < reports.size(); i++) {
            Outcome outcome = outcomes.get(i);
            String name = outcome == Outcome.FAIL && !row.level().absolute ? "weak" : outcome.name().toLowerCase();
            html.append("<span class=\"outcome ").append(name).append("\" data-runtime=\"").append(escaped(reports.get(i).shortName()))
                    .append("\">").append(word(outcome)).append("</span>");
        }
        html.append("</span></summary>\n<div class=\"body\"><p class=\"id\"><code>").append(row.id()).append("</code>");
        if (row.chapter().ofSpecification()) {
            html.append(" <a href=\"").append(row.address()).append("\">").append(row.chapter().file).append("</a>, since ").append(row.since());
        } else {
            html.append(" ").append(escaped(row.section()));
        }
        html.append("</p>\n");
        if (!row.whyNoTest().isEmpty()) {
            html.append("<p>No test. ").append(escaped(row.whyNoTest())).append("</p>\n");
        }
        for (Report report : reports) {
            report.of(row).forEach(result -> result(report, result));
        }
        html.append("</div></details>\n");
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case PASS -> "met";
            case FAIL -> "not met";
            case SKIP -> "skipped";
            case UNTESTED -> "no test";
        };
    }

    private void result(Report report, Result result) {
        html.append("<article class=\"test ").append(result.outcome().name().toLowerCase()).append("\"><h3>")
                .append(reports.size() > 1 ? "<em>" + escaped(report.shortName()) + "</em> " : "")
                .append(escaped(result.sentence())).append("</h3>");
        if (!result.reason().isEmpty()) {
            html.append("<p class=\"because\">").append(escaped(result.reason())).append("</p>");
        }
        if (result.outcome() != Outcome.SKIP) {
            html.append("<details class=\"evidence\"><summary>Evidence, ").append(result.millis()).append(" ms</summary>");
            for (Map<String, Object> entry : result.evidence()) {
                html.append("<pre class=\"").append(entry.get("kind")).append("\">").append(escaped(entry.get("text").toString())).append("</pre>");
            }
            html.append("</details>");
        }
        html.append("</article>\n");
    }

    static String resource(String name) {
        try (InputStream file = Page.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
