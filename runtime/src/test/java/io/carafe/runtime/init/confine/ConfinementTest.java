package io.carafe.runtime.init.confine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.seccomp.SeccompPlan;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfinementTest {

    @ParameterizedTest
    @CsvSource({
        // With no_new_privs as the last; a listener's descriptor must be handed over before.
        "false, true, true, true, false", "false, true, false, true, false", "true, true, true, true, true", "true, true, false, false, true",
        // Without, before anybody is waited for, unless the profile forbids the wait.
        "false, false, false, true, true", "false, false, false, false, true", "false, false, true, true, true",
        "false, false, true, false, false", "true, false, true, false, true"})
    void a_filter_comes_before_READY_or_as_the_last(boolean listener, boolean noNewPrivileges, boolean waits, boolean letsWait, boolean early) {
        SeccompPlan plan = new SeccompPlan(new long[] {6}, 0,
                listener ? Optional.of(new SeccompPlan.Listener("/run/agent.sock", Optional.empty())) : Optional.empty(), letsWait);
        assertEquals(early, Confinement.isEarly(plan, noNewPrivileges, waits));
    }
}
