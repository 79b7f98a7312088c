package io.carafe.conformance.report.form;

import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.requirement.Requirement;
import java.util.Map;
import java.util.stream.Collectors;

/** The XML that build servers read as JUnit's, with the evidence as system-out. */
final class JUnitXml {

    private JUnitXml() {
    }

    static String of(Report report) {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"").append(Html.escaped(report.runtime()))
                .append("\" tests=\"").append(report.refusal().isPresent() ? 1 : report.results().size()).append("\" failures=\"").append(count(report, Outcome.FAIL))
                .append("\" errors=\"").append(report.refusal().isPresent() ? 1 : 0).append("\" skipped=\"").append(count(report, Outcome.SKIP)).append("\" time=\"")
                .append(report.millis() / 1000.0).append("\" timestamp=\"").append(report.time().replace("Z", "")).append("\" hostname=\"")
                .append(Html.escaped(report.host())).append("\">\n");
        report.refusal().ifPresent(why -> text.append("  <testcase classname=\"runtime\" name=\"a container can be made\">\n    <error message=\"")
                .append(Html.escaped(printable(why))).append("\"/>\n  </testcase>\n"));
        for (Result result : report.results()) {
            String ids = result.requirements().stream().map(Requirement::id).collect(Collectors.joining(" "));
            text.append("  <testcase classname=\"").append(Html.escaped(ids)).append("\" name=\"").append(Html.escaped(result.sentence()))
                    .append("\" time=\"").append(result.millis() / 1000.0).append("\">\n");
            if (result.outcome() == Outcome.FAIL) {
                text.append("    <failure message=\"").append(Html.escaped(printable(result.reason()))).append("\"/>\n");
            } else if (result.outcome() == Outcome.SKIP) {
                text.append("    <skipped message=\"").append(Html.escaped(printable(result.reason()))).append("\"/>\n");
            }
            text.append("    <system-out>");
            for (Map<String, Object> entry : result.evidence()) {
                text.append(Html.escaped(printable(entry.get("text").toString()))).append('\n');
            }
            text.append("</system-out>\n  </testcase>\n");
        }
        return text.append("</testsuite>\n").toString();
    }

    /** Without the characters that XML 1.0 cannot have. */
    private static String printable(String text) {
        return text.replaceAll("[^\\x09\\x0A\\x0D\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
    }

    private static long count(Report report, Outcome outcome) {
        return report.results().stream().filter(result -> result.outcome() == outcome).count();
    }
}
