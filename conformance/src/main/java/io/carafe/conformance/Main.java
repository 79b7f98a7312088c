package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import io.carafe.conformance.host.Programs;
import io.carafe.conformance.mutant.Mutant;
import io.carafe.conformance.report.Conclusion;
import io.carafe.conformance.report.ConsoleProgress;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.form.ReportFiles;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code java -jar carafe-conformance.jar --runtime RUNTIME}, or {@code --shim SHIM}. */
public final class Main {

    /** In the environment of the process that was started again, behind the preparation. */
    private static final String PREPARED = "CARAFE_CONFORMANCE_PREPARED";

    private Main() {
    }

    public static void main(String[] words) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            Arguments arguments = Arguments.parse(List.of(words), Programs::find);
            System.exit(switch (arguments.task()) {
                case HELP -> {
                    out.println(Arguments.USAGE);
                    yield 0;
                }
                case LIST -> list(arguments, out);
                default -> arguments.prepare().isBlank() || System.getenv(PREPARED) != null ? run(arguments, out)
                        : runPrepared(arguments.prepare(), words);
            });
        } catch (IllegalArgumentException e) {
            System.err.println("conformance: " + e.getMessage());
            System.err.println("conformance: --help tells the options");
            System.exit(2);
        }
    }

    private static int run(Arguments arguments, PrintStream out) throws IOException {
        if (arguments.task() == Arguments.Task.TEST_MUTANTS) {
            return runMutants(arguments, out);
        }
        ConsoleProgress lines = new ConsoleProgress(out, System.console() != null);
        List<Report> reports = new ArrayList<>();
        for (Arguments.Target target : arguments.targets()) {
            List<String> tests = TestDiscovery.testIds(target.group(arguments.group()), arguments.wanted());
            if (tests.isEmpty()) {
                throw new IllegalArgumentException("--only " + String.join(" --only ", arguments.only()) + ": no requirement of the group "
                        + target.group(arguments.group()) + " that has a test; --list prints them");
            }
            reports.add(SuiteRun.execute(arguments, target, tests, lines));
            out.println();
        }
        if (arguments.report().isPresent()) {
            ReportFiles.write(reports, arguments.report().get());
            out.println("the page: " + arguments.report().get().resolve("index.html"));
        }
        List<Conclusion> conclusions = reports.stream().map(Report::conclusion).toList();
        return conclusions.contains(Conclusion.DOES_NOT_CONFORM) ? Conclusion.DOES_NOT_CONFORM.code
                : conclusions.contains(Conclusion.INCONCLUSIVE) ? Conclusion.INCONCLUSIVE.code : 0;
    }

    private static int list(Arguments arguments, PrintStream out) {
        List<String> ids = TestDiscovery.requirementIds(arguments.targets().stream().anyMatch(Arguments.Target::isShim) ? "shim" : arguments.group(),
                arguments.wanted());
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("no requirement that has a test matches");
        }
        for (Requirement row : Requirements.all()) {
            if (ids.contains(row.id())) {
                out.println(row.id() + "\t" + row.level().words + "\t" + row.since() + "\t" + row.what());
            }
        }
        return 0;
    }

    /** The same program in a mount namespace of its own, after the preparation: a JVM has threads, and unshare(2) moves one of them. */
    private static int runPrepared(String prepare, String[] words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
                "set -e\n" + prepare + "\nexec \"$@\"", "sh", ProcessHandle.current().info().command().orElse("java"),
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(PREPARED, "yes");
        return builder.start().waitFor();
    }

    private static int runMutants(Arguments arguments, PrintStream out) {
        Arguments.Target target = arguments.targets().get(0);
        Host host = Host.probe(arguments.view());
        Map<Mutant, MutationRun.Verdict> verdicts = (target.isShim()
                ? MutationRun.ofShim(host, target.path(), target.runtimeOfShim(), arguments.wanted(), out)
                : MutationRun.ofRuntime(host, target.path(), arguments.wanted(), out)).execute();
        for (MutationRun.Verdict verdict : MutationRun.Verdict.values()) {
            out.println(verdict.name().toLowerCase().replace('_', ' ') + ": "
                    + verdicts.values().stream().filter(verdict::equals).count());
        }
        return verdicts.containsValue(MutationRun.Verdict.MISSED) ? 1 : 0;
    }
}
