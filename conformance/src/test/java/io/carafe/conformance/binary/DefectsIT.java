package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.Proof;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.requirement.Requirement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The suite can fail: each defect that carafe, or its shim, is given is caught. */
class DefectsIT {

    @Test
    void at_least_95_of_100_defects_of_a_runtime_are_caught() {
        Host host = host();
        most(Proof.ofRuntime(host, System.getProperty("carafe.binary"), id -> true, System.out));
    }

    @Test
    void at_least_95_of_100_defects_of_a_shim_are_caught() {
        Host host = host();
        most(Proof.ofShim(host, System.getProperty("carafe.shim"), Optional.of(System.getProperty("carafe.binary")), id -> true, System.out));
    }

    private static Host host() {
        Host host = Host.probe(Host.View.HOST);
        Assumptions.assumeTrue(host.root(), "needs root");
        return host;
    }

    private static void most(Proof proof) {
        Map<Requirement, Proof.Verdict> verdicts = proof.hold();
        List<String> missed = verdicts.entrySet().stream().filter(entry -> entry.getValue() == Proof.Verdict.MISSED
                || entry.getValue() == Proof.Verdict.NO_DEFECT).map(entry -> entry.getKey().id()).toList();
        assertTrue(Proof.percentCaught(verdicts) >= 95, "not caught: " + missed);
    }
}
