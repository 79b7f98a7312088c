package io.carafe.conformance;

import io.carafe.conformance.container.Defect;
import io.carafe.conformance.container.UnderTest;
import io.carafe.conformance.defect.Defects;
import io.carafe.conformance.host.Cells;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.report.Collector;
import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Asks a good runtime once, and then once more for each defect, only what the defect is about. A defect is caught when a test fails that
 * had passed without it.
 */
public final class Proof {

    private final Host host;
    private final String runtime;
    private final PrintStream out;
    private final Map<Requirement, Verdict> verdicts = new LinkedHashMap<>();

    /** What is known of a requirement's tests. */
    public enum Verdict {
        CAUGHT, MISSED,
        /** The good runtime does not pass it here, mostly because the host lacks something. */
        NOT_SHOWN,
        /** Nobody has made a defect for it. */
        NO_DEFECT
    }

    public Proof(Host host, String runtime, PrintStream out) {
        this.host = host;
        this.runtime = runtime;
        this.out = out;
    }

    /** @return a verdict on each MUST that has a test */
    public Map<Requirement, Verdict> hold() {
        Set<String> passing = ask(Optional.empty(), id -> true).stream().filter(result -> result.outcome() == Outcome.PASS)
                .map(Result::where).collect(Collectors.toSet());
        Map<String, Defect> defects = new LinkedHashMap<>();
        Defects.all().forEach(defect -> defects.put(defect.requirement(), defect));
        for (Requirement requirement : Requirements.all()) {
            if (requirement.level().absolute && requirement.hasTest() && requirement.chapter().ofSpecification()) {
                verdicts.put(requirement, verdict(requirement, defects.get(requirement.id()), passing));
            }
        }
        return verdicts;
    }

    private Verdict verdict(Requirement requirement, Defect defect, Set<String> passing) {
        if (defect == null) {
            out.println("none   " + requirement.id());
            return Verdict.NO_DEFECT;
        }
        List<Result> results = ask(Optional.of(defect), requirement.id()::equals);
        List<Result> fair = results.stream().filter(result -> passing.contains(result.where())).toList();
        Optional<Result> failed = fair.stream().filter(result -> result.outcome() == Outcome.FAIL).findFirst();
        Verdict verdict = fair.isEmpty() ? Verdict.NOT_SHOWN : failed.isPresent() ? Verdict.CAUGHT : Verdict.MISSED;
        out.println(String.format("%-9s", verdict.name().toLowerCase().replace('_', ' ')) + " " + defect
                + failed.map(result -> "\n          " + result.because().lines().findFirst().orElse("")).orElse(""));
        return verdict;
    }

    private List<Result> ask(Optional<Defect> defect, Predicate<String> ids) {
        try (Cells cells = new Cells(host, 15_000)) {
            UnderTest.is(new UnderTest(runtime, List.of(), cells, defect));
            Collector collector = new Collector(result -> { });
            LauncherFactory.create().execute(Questions.of("spec", ids), collector);
            return collector.results();
        }
    }

    /** Of the requirements that this host can show, how many are caught, in hundredths. */
    public static long percentCaught(Map<Requirement, Verdict> verdicts) {
        long shown = verdicts.values().stream().filter(verdict -> verdict != Verdict.NOT_SHOWN).count();
        long caught = verdicts.values().stream().filter(verdict -> verdict == Verdict.CAUGHT).count();
        return shown == 0 ? 0 : caught * 100 / shown;
    }
}
