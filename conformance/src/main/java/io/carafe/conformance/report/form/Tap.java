package io.carafe.conformance.report.form;

import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.requirement.Requirement;
import java.util.stream.Collectors;

/** The Test Anything Protocol, version 13. */
final class Tap {

    private Tap() {
    }

    static String of(Report report) {
        if (report.refusal().isPresent()) {
            return "TAP version 13\nBail out! not asked: no container can be made: " + oneLine(report.refusal().get()) + "\n";
        }
        StringBuilder text = new StringBuilder("TAP version 13\n1.." + report.results().size() + "\n");
        int number = 0;
        for (Result result : report.results()) {
            String ids = result.requirements().stream().map(Requirement::id).collect(Collectors.joining(" "));
            text.append(result.outcome() == Outcome.FAIL ? "not ok " : "ok ").append(++number).append(" - ").append(ids).append(": ")
                    .append(result.sentence());
            if (result.outcome() == Outcome.SKIP) {
                text.append(" # SKIP ").append(oneLine(result.reason()));
            } else if (result.outcome() == Outcome.FAIL) {
                text.append("\n  ---\n  message: '").append(oneLine(result.reason()).replace("'", "''")).append("'\n  ...");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ").replace("#", "\\#");
    }
}
