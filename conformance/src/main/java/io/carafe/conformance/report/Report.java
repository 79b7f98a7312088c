package io.carafe.conformance.report;

import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.util.List;

/**
 * All that one runtime has answered.
 *
 * @param runtime what it calls itself, as {@code runc 1.1.5}
 * @param path of its binary
 * @param host the machine, in words
 * @param time of day at the beginning, in UTC
 */
public record Report(String runtime, String path, String host, String time, long millis, List<Result> results) {

    public Report {
        results = List.copyOf(results);
    }

    /** Its name without a version, and without what all shims' names begin with. */
    public String shortName() {
        return runtime.split(" ")[0].replaceFirst("^containerd-shim-", "");
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
        if (tests.stream().anyMatch(result -> result.outcome() == Outcome.PASS)) {
            return Outcome.PASS;
        }
        return tests.isEmpty() ? Outcome.UNTESTED : Outcome.SKIP;
    }

    /** How many requirements of a level came to that. */
    public long count(boolean absolute, Outcome outcome) {
        return Requirements.all().stream().filter(row -> row.chapter().ofSpecification() && row.level().absolute == absolute
                && outcome(row) == outcome).count();
    }

    /** Nothing that the specification, its callers or safety demand has failed, and the host is as it was. */
    public boolean conforms() {
        return results.stream().noneMatch(result -> !result.host().isEmpty() || result.outcome() == Outcome.FAIL
                && result.requirements().stream().anyMatch(row -> row.level().absolute));
    }

    public List<String> damage() {
        return results.stream().flatMap(result -> result.host().stream().map(line -> result.sentence() + ": " + line)).toList();
    }
}
