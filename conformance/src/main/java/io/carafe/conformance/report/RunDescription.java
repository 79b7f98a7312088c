package io.carafe.conformance.report;

import io.carafe.conformance.requirement.Requirement;
import java.util.Arrays;
import java.util.Map;

/**
 * The runtime or shim of a run, and the rules that decide whether it conforms.
 *
 * @param runtime what it calls itself, as {@code runc 1.1.5}
 * @param path of its binary
 * @param host the machine, in words
 * @param time of day at the beginning, in UTC
 * @param spec the version of the specification that it is held to; rows of later ones do not decide
 * @param expected deviations that are accepted: the reason by the id of the requirement
 * @param partial a requirement that could not be asked does not decide
 */
public record RunDescription(String runtime, String path, String host, String time, String spec, Map<String, String> expected, boolean partial) {

    public RunDescription {
        expected = Map.copyOf(expected);
    }

    /** The requirement is of a version that the runtime does not claim. */
    public boolean isLater(Requirement row) {
        return row.chapter().ofSpecification() && Arrays.compare(numbers(row.since()), numbers(spec)) > 0;
    }

    /** A failure of it is one. */
    public boolean decides(Requirement row) {
        return row.level().absolute && !isLater(row) && !expected.containsKey(row.id());
    }

    private static int[] numbers(String version) {
        return Arrays.copyOf(Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray(), 3);
    }
}
