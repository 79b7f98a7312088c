package io.carafe.conformance.report;

import io.carafe.conformance.requirement.Requirement;
import java.util.List;
import java.util.Map;

/**
 * One test.
 *
 * @param sentence its name, with spaces
 * @param reason why it failed or was skipped; empty when it passed
 * @param evidence what was asked and seen: objects with {@code kind} (config, command, seen) and {@code text}
 * @param host what the test did to the host, one line each; anything is a failure of the suite or of the runtime
 */
public record Result(String sentence, String where, List<Requirement> requirements, Outcome outcome, String reason,
        List<Map<String, Object>> evidence, List<String> host, long millis) {

    public Result {
        requirements = List.copyOf(requirements);
        evidence = List.copyOf(evidence);
        host = List.copyOf(host);
    }
}
