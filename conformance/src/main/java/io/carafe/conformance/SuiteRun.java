package io.carafe.conformance;

import io.carafe.conformance.container.SmokeTest;
import io.carafe.conformance.container.TestTarget;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.host.Sandboxes;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.report.ConsoleProgress;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.report.ResultCollector;
import io.carafe.conformance.report.RunDescription;
import io.carafe.conformance.requirement.Requirements;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the selected tests against one runtime or one shim, and makes the report of them. */
final class SuiteRun {

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    private SuiteRun() {
    }

    /** @param tests their unique ids */
    static Report execute(Arguments arguments, Arguments.Target target, List<String> tests, ConsoleProgress lines) {
        Host host = Host.probe(arguments.view());
        long begin = System.currentTimeMillis();
        Optional<String> refusal;
        RunDescription description;
        try (Sandboxes sandboxes = new Sandboxes(host, arguments.limitSeconds() * 1000)) {
            description = new RunDescription(target.label().orElseGet(() -> name(sandboxes, target)), target.path(), host.describe(),
                    Instant.ofEpochMilli(begin).truncatedTo(ChronoUnit.SECONDS).toString(), arguments.spec().orElseGet(() -> declared(sandboxes, target)),
                    arguments.expected(), arguments.partial());
            lines.begin(description.runtime(), host.describe());
            refusal = target.isShim() ? Optional.empty() : SmokeTest.refusal(target(target, sandboxes));
        }
        List<Result> results = refusal.isPresent() ? List.of() : runTests(host, arguments, target, tests, lines);
        Report report = new Report(description, refusal, System.currentTimeMillis() - begin, results);
        lines.end(report);
        return report;
    }

    private static List<Result> runTests(Host host, Arguments arguments, Arguments.Target target, List<String> tests, ConsoleProgress lines) {
        Map<String, List<Result>> answers = new ConcurrentHashMap<>();
        Workers.each(host, arguments.limitSeconds() * 1000, arguments.jobs(), tests, (sandboxes, test) -> {
            TestTarget.setCurrent(target(target, sandboxes));
            ResultCollector collector = new ResultCollector(lines::print);
            LauncherFactory.create().execute(TestDiscovery.requestByIds(List.of(test)), collector);
            answers.put(test, collector.results());
        });
        List<Result> results = new ArrayList<>();
        tests.forEach(test -> results.addAll(answers.get(test)));
        return results;
    }

    private static TestTarget target(Arguments.Target target, Sandboxes sandboxes) {
        return new TestTarget(target.path(), target.arguments(), target.runtimeOfShim(), sandboxes, Optional.empty());
    }

    /** What it calls itself: a runtime by the first line of --version, without the word version; a shim by -v, which says it in two. */
    private static String name(Sandboxes sandboxes, Arguments.Target target) {
        try (Sandbox sandbox = sandboxes.open()) {
            List<String> lines = sandbox.run(List.of(target.path(), target.isShim() ? "-v" : "--version")).out().lines()
                    .map(String::strip).toList();
            String first = lines.isEmpty() ? "" : lines.get(0).replace(" version ", " ");
            if (first.isEmpty() || !first.matches("[\\x20-\\x7e]{1,80}")) {
                return Path.of(target.path()).getFileName().toString();
            }
            return target.isShim() ? Path.of(first.replaceFirst(":$", "")).getFileName() + lines.stream().filter(line -> line.startsWith("Version:"))
                    .map(line -> " " + line.substring("Version:".length()).strip()).findFirst().orElse("") : first;
        }
    }

    /** The version of the specification that it declares: the highest by features, or the line spec of --version; else the suite's own. */
    private static String declared(Sandboxes sandboxes, Arguments.Target target) {
        try (Sandbox sandbox = sandboxes.open()) {
            if (!target.isShim()) {
                try {
                    Matcher highest = VERSION.matcher(Document.parse(sandbox.run(List.of(target.path(), "features")).out()).text("/ociVersionMax"));
                    if (highest.find()) {
                        return highest.group();
                    }
                } catch (RuntimeException none) {
                    // A runtime older than 1.1 has no such command.
                }
                for (String line : sandbox.run(List.of(target.path(), "--version")).out().lines().toList()) {
                    Matcher version = VERSION.matcher(line);
                    if (line.startsWith("spec:") && version.find()) {
                        return version.group();
                    }
                }
            }
            return Requirements.VERSION;
        }
    }
}
