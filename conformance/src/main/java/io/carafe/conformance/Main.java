package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import io.carafe.conformance.report.LiveLines;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.ReportFiles;
import io.carafe.conformance.requirement.Requirement;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** {@code java -jar carafe-conformance.jar --runtime PATH}, or {@code --shim PATH}. */
public final class Main {

    /** In the environment of the process that was started again, behind the preparation. */
    private static final String PREPARED = "CARAFE_CONFORMANCE_PREPARED";

    private Main() {
    }

    public static void main(String[] words) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Arguments arguments;
        try {
            arguments = Arguments.parse(List.of(words));
            for (Arguments.Candidate candidate : arguments.candidates()) {
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
        if (!arguments.prepare().isBlank() && System.getenv(PREPARED) == null) {
            System.exit(again(arguments.prepare(), words));
        }
        if (arguments.defects()) {
            System.exit(prove(arguments, out));
        }
        LiveLines lines = new LiveLines(out, System.console() != null);
        List<Report> reports = new ArrayList<>();
        for (Arguments.Candidate candidate : arguments.candidates()) {
            reports.add(Interview.hold(arguments, candidate, lines));
            out.println();
        }
        if (arguments.report().isPresent()) {
            ReportFiles.write(reports, arguments.report().get());
            out.println("the page: " + arguments.report().get().resolve("index.html"));
        }
        System.exit(reports.stream().allMatch(Report::conforms) ? 0 : 1);
    }

    /** The same program in a mount namespace of its own, after the preparation: a JVM has threads, and unshare(2) moves one of them. */
    private static int again(String prepare, String[] words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
                "set -e\n" + prepare + "\nexec \"$@\"", "sh", ProcessHandle.current().info().command().orElse("java"),
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(PREPARED, "yes");
        return builder.start().waitFor();
    }

    private static int prove(Arguments arguments, PrintStream out) {
        Arguments.Candidate candidate = arguments.candidates().get(0);
        Host host = Host.probe(arguments.view());
        Predicate<String> wanted = id -> id.startsWith(arguments.only());
        Map<Requirement, Proof.Verdict> verdicts = (candidate.isShim()
                ? Proof.ofShim(host, candidate.path(), candidate.engine(), wanted, out)
                : Proof.ofRuntime(host, candidate.path(), wanted, out)).hold();
        for (Proof.Verdict verdict : Proof.Verdict.values()) {
            out.println(verdict.name().toLowerCase().replace('_', ' ') + ": "
                    + verdicts.values().stream().filter(verdict::equals).count());
        }
        return Proof.percentCaught(verdicts) >= 95 ? 0 : 1;
    }
}
