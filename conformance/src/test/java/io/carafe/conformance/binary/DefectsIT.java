package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.Proof;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.requirement.Requirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The suite can fail: each defect that carafe is given is caught. */
class DefectsIT {

    @Test
    void at_least_95_of_100_defects_are_caught() {
        Host host = Host.probe(Host.View.HOST);
        Assumptions.assumeTrue(host.root(), "needs root");
        Map<Requirement, Proof.Verdict> verdicts = new Proof(host, System.getProperty("carafe.binary"), id -> true, System.out).hold();
        List<String> missed = verdicts.entrySet().stream().filter(entry -> entry.getValue() == Proof.Verdict.MISSED
                || entry.getValue() == Proof.Verdict.NO_DEFECT).map(entry -> entry.getKey().id()).toList();
        assertTrue(Proof.percentCaught(verdicts) >= 95, "not caught: " + missed);
    }
}
