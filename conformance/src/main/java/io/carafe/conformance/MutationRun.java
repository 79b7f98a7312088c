package io.carafe.conformance;

import io.carafe.conformance.container.TestTarget;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.host.Sandboxes;
import io.carafe.conformance.mutant.Mutant;
import io.carafe.conformance.mutant.Mutants;
import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.report.ResultCollector;
import io.carafe.conformance.requirement.Chapter;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Breaks a good runtime or shim in one way at a time (a mutant) and runs the tests of the broken requirement. A mutant is caught when a test
 * fails that passes without it.
 */
public final class MutationRun {

    /** For a test that is to pass, on a machine that may be busy. */
    private static final long LIMIT_MILLIS = 180_000;
    /** With a mutant, which may be that something never comes; one that is not caught in so long is given the time of the second. */
    private static final List<Long> LIMITS_OF_RUNTIME_MILLIS = List.of(15_000L, 60_000L);
    /** The same of a shim, of which most is waited for. */
    private static final List<Long> LIMITS_OF_SHIM_MILLIS = List.of(3_000L, 60_000L);

    private final Host host;
    private final String path;
    private final Optional<String> runtimeOfShim;
    private final boolean isShim;
    private final Predicate<String> wanted;
    private final PrintStream out;
    /** What each test comes to without a mutant, by where it is. */
    private final Map<String, Outcome> without = new ConcurrentHashMap<>();
    private final Map<String, List<String>> tests = new TreeMap<>();

    /** What is known of a mutant. */
    public enum Verdict {
        CAUGHT, MISSED,
        /** The good runtime does not pass it here, mostly because the host lacks something. */
        NOT_SHOWN
    }

    private MutationRun(Host host, String path, Optional<String> runtimeOfShim, boolean isShim, Predicate<String> wanted, PrintStream out) {
        this.host = host;
        this.path = path;
        this.runtimeOfShim = runtimeOfShim;
        this.isShim = isShim;
        this.wanted = wanted;
        this.out = out;
    }

    /** By what the specification asks of a runtime. @param wanted which requirements are looked at, by their ids */
    public static MutationRun ofRuntime(Host host, String path, Predicate<String> wanted, PrintStream out) {
        return new MutationRun(host, path, Optional.empty(), false, wanted, out);
    }

    /** By what containerd asks of a shim. @param runtimeOfShim the runtime that it is told to call */
    public static MutationRun ofShim(Host host, String path, Optional<String> runtimeOfShim, Predicate<String> wanted, PrintStream out) {
        return new MutationRun(host, path, runtimeOfShim, true, wanted, out);
    }

    /** @return a verdict on each mutant */
    public Map<Mutant, Verdict> execute() {
        TestPlan plan = LauncherFactory.create().discover(TestDiscovery.request(isShim ? "shim" : "spec", id -> true));
        plan.getRoots().forEach(root -> plan.getDescendants(root).stream().filter(TestIdentifier::isTest).forEach(test -> test.getTags()
                .forEach(tag -> tests.computeIfAbsent(tag.getName(), id -> new ArrayList<>()).add(test.getUniqueId()))));
        List<Mutant> mutants = (isShim ? Mutants.ofShims() : Mutants.ofRuntimes()).stream().filter(mutant -> {
            Requirement row = Requirements.named(mutant.requirement()).orElseThrow();
            return row.hasTest() && wanted.test(row.id()) && (isShim ? row.chapter() == Chapter.SHIM : row.chapter().ofSpecification());
        }).toList();
        Map<Mutant, Verdict> verdicts = new ConcurrentHashMap<>();
        Workers.each(host, LIMIT_MILLIS, Workers.count(), mutants, (sandboxes, mutant) -> verdicts.put(mutant, verdict(LauncherFactory.create(), sandboxes, mutant)));
        Map<Mutant, Verdict> ordered = new LinkedHashMap<>();
        mutants.forEach(mutant -> ordered.put(mutant, verdicts.get(mutant)));
        return ordered;
    }

    private Verdict verdict(Launcher launcher, Sandboxes sandboxes, Mutant mutant) {
        Verdict verdict = Verdict.MISSED;
        for (long limit : isShim ? LIMITS_OF_SHIM_MILLIS : LIMITS_OF_RUNTIME_MILLIS) {
            if (verdict == Verdict.MISSED) {
                verdict = verdict(launcher, sandboxes, mutant, limit);
            }
        }
        return verdict;
    }

    private Verdict verdict(Launcher launcher, Sandboxes sandboxes, Mutant mutant, long limit) {
        List<String> selected = tests.getOrDefault(mutant.requirement(), List.of());
        // With the mutant first: what passes then has missed it, whatever it does without.
        sandboxes.limit(limit);
        List<Result> failed = runTests(launcher, sandboxes, Optional.of(mutant), selected).stream().filter(result -> result.outcome() != Outcome.PASS).toList();
        List<String> again = selected.stream().filter(test -> failed.stream().anyMatch(result -> !without.containsKey(result.where())
                && test.contains("[method:" + result.where().substring(result.where().indexOf('#') + 1) + "("))).toList();
        sandboxes.limit(LIMIT_MILLIS);
        if (!again.isEmpty()) {
            runTests(launcher, sandboxes, Optional.empty(), again).forEach(result -> without.put(result.where(), result.outcome()));
        }
        Set<String> passing = failed.stream().map(Result::where).filter(where -> without.get(where) == Outcome.PASS).collect(Collectors.toSet());
        Optional<Result> caught = failed.stream().filter(result -> result.outcome() == Outcome.FAIL && passing.contains(result.where()))
                .findFirst();
        Verdict verdict = caught.isPresent() ? Verdict.CAUGHT : failed.size() == selected.size() && passing.isEmpty() ? Verdict.NOT_SHOWN
                : Verdict.MISSED;
        synchronized (out) {
            out.println(String.format("%-9s", verdict.name().toLowerCase().replace('_', ' ')) + " " + mutant
                    + caught.map(result -> "\n          " + result.reason().lines().findFirst().orElse("")).orElse(""));
        }
        return verdict;
    }

    private List<Result> runTests(Launcher launcher, Sandboxes sandboxes, Optional<Mutant> mutant, List<String> which) {
        TestTarget.setCurrent(new TestTarget(path, List.of(), runtimeOfShim, sandboxes, mutant));
        ResultCollector collector = new ResultCollector(result -> { });
        launcher.execute(TestDiscovery.requestByIds(which), collector);
        return collector.results();
    }
}
