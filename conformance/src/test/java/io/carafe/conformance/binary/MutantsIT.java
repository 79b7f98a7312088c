package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.MutationRun;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.mutant.Mutant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The suite can fail: each mutant that carafe, or its shim, is given is caught. */
class MutantsIT {

    @Test
    void each_mutant_of_a_runtime_is_caught() {
        Host host = host();
        all(MutationRun.ofRuntime(host, System.getProperty("carafe.binary"), id -> true, System.out));
    }

    @Test
    void each_mutant_of_a_shim_is_caught() {
        Host host = host();
        all(MutationRun.ofShim(host, System.getProperty("carafe.shim"), Optional.of(System.getProperty("carafe.binary")), id -> true, System.out));
    }

    private static Host host() {
        Host host = Host.probe(Host.View.HOST);
        Assumptions.assumeTrue(host.root(), "needs root");
        return host;
    }

    private static void all(MutationRun run) {
        Map<Mutant, MutationRun.Verdict> verdicts = run.execute();
        assertEquals(List.of(), verdicts.entrySet().stream().filter(entry -> entry.getValue() == MutationRun.Verdict.MISSED).map(entry ->
                entry.getKey().toString()).toList(), "not caught");
        assertTrue(verdicts.values().stream().filter(MutationRun.Verdict.CAUGHT::equals).count() > 50, "hardly any mutant can be shown on this host");
    }
}
