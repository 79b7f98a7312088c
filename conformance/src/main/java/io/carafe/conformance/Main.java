package io.carafe.conformance;

import io.carafe.conformance.report.LiveLines;
import io.carafe.conformance.report.Report;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code java -jar carafe-conformance.jar --runtime PATH}. */
public final class Main {

    private Main() {
    }

    public static void main(String[] words) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Arguments arguments;
        try {
            arguments = Arguments.parse(List.of(words));
            for (Arguments.Candidate candidate : arguments.runtimes()) {
                if (!Files.isExecutable(Path.of(candidate.path()))) {
                    throw new IllegalArgumentException("no program " + candidate.path());
                }
            }
        } catch (IllegalArgumentException e) {
            System.err.println("conformance: " + e.getMessage());
            System.err.println(Arguments.USAGE);
            System.exit(2);
            return;
        }
        LiveLines lines = new LiveLines(out, System.console() != null);
        List<Report> reports = new ArrayList<>();
        for (Arguments.Candidate candidate : arguments.runtimes()) {
            reports.add(Interview.hold(arguments, candidate, lines));
            out.println();
        }
        System.exit(reports.stream().allMatch(Report::conforms) ? 0 : 1);
    }
}
