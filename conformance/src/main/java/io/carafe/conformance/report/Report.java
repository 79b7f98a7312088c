package io.carafe.conformance.report;

import io.carafe.conformance.container.ContainerExtension;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.util.List;
import java.util.Optional;

/**
 * All that one runtime has answered.
 *
 * @param refusal why it could not be asked anything; empty when it could
 */
public record Report(RunDescription description, Optional<String> refusal, long millis, List<Result> results) {

    public Report {
        results = List.copyOf(results);
    }

    /** The same, under another name. */
    public Report withName(String name) {
        return new Report(new RunDescription(name, path(), host(), time(), description.spec(), description.expected(), description.partial()), refusal, millis,
                results);
    }

    public String runtime() {
        return description.runtime();
    }

    public String path() {
        return description.path();
    }

    public String host() {
        return description.host();
    }

    public String time() {
        return description.time();
    }

    /** Its name without a version, and without what all shims' names begin with. */
    public String shortName() {
        return runtime().split(" ")[0].replaceFirst("^containerd-shim-", "");
    }

    public List<Result> of(Requirement requirement) {
        return results.stream().filter(result -> result.requirements().contains(requirement)).toList();
    }

    /** One failed test fails it; it is met when a test passed and none failed. */
    public Outcome outcome(Requirement requirement) {
        List<Result> tests = of(requirement);
        if (tests.stream().anyMatch(result -> result.outcome() == Outcome.FAIL)) {
            return Outcome.FAIL;
        }
        if (tests.stream().anyMatch(Report::isNotAsked)) {
            return Outcome.SKIP;
        }
        if (tests.stream().anyMatch(result -> result.outcome() == Outcome.PASS)) {
            return Outcome.PASS;
        }
        return tests.isEmpty() && refusal.isEmpty() ? Outcome.UNTESTED : Outcome.SKIP;
    }

    private static boolean isNotAsked(Result result) {
        return result.outcome() == Outcome.SKIP && result.reason().startsWith(ContainerExtension.NOT_ASKED);
    }

    /** How many requirements of a level came to that, of the versions that it claims. */
    public long count(boolean absolute, Outcome outcome) {
        return Requirements.all().stream().filter(row -> row.chapter().ofSpecification() && row.level().absolute == absolute
                && row.hasTest() && !description.isLater(row) && outcome(row) == outcome).count();
    }

    /** Requirements of versions that it does not claim which it does not meet. */
    public List<Requirement> laterAndNotMet() {
        return Requirements.all().stream().filter(row -> row.level().absolute && description.isLater(row) && outcome(row) == Outcome.FAIL).toList();
    }

    /** Accepted deviations that are none. */
    public List<String> unexpectedlyMet() {
        return description.expected().keySet().stream().filter(id -> Requirements.named(id).map(row -> outcome(row) == Outcome.PASS).orElse(false))
                .sorted().toList();
    }

    /** Requirements that decide and that the runtime, not the host, kept from being asked. */
    public List<Requirement> notAsked() {
        return Requirements.all().stream().filter(row -> description.decides(row) && of(row).stream().anyMatch(Report::isNotAsked)).toList();
    }

    /** What its verdict is. */
    public Conclusion conclusion() {
        boolean fails = results.stream().anyMatch(result -> !result.host().isEmpty() || result.outcome() == Outcome.FAIL
                && result.requirements().stream().anyMatch(description::decides));
        if (fails) {
            return Conclusion.DOES_NOT_CONFORM;
        }
        return refusal.isPresent() || !description.partial() && !notAsked().isEmpty() ? Conclusion.INCONCLUSIVE : Conclusion.CONFORMS;
    }

    /** Nothing that the specification, its callers or safety demand has failed, and all of it could be asked. */
    public boolean conforms() {
        return conclusion() == Conclusion.CONFORMS;
    }

    public List<String> hostChanges() {
        return results.stream().flatMap(result -> result.host().stream().map(line -> result.sentence() + ": " + line)).toList();
    }
}
