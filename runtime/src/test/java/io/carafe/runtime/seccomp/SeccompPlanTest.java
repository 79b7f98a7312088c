package io.carafe.runtime.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.abi.Arch;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.SeccompFlag;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeccompPlanTest {

    private static final int SPEC_ALLOW = 4;
    private static final int NEW_LISTENER = 8;

    private static Seccomp profile(Action byDefault, Action action, String name, Optional<List<SeccompFlag>> flags, Optional<String> listenerPath,
            Optional<String> metadata) {
        return new Seccomp(byDefault, OptionalLong.empty(), List.of(), flags, listenerPath, metadata,
                List.of(new Syscall(List.of(name), action, OptionalLong.empty(), List.of())));
    }

    private static Seccomp withFlags(Action action, SeccompFlag... flags) {
        return profile(Action.SCMP_ACT_ALLOW, action, "mkdir", Optional.of(List.of(flags)), Optional.of("/run/agent.sock"), Optional.empty());
    }

    private static String refusal(Seccomp profile) {
        return assertThrows(SpecException.class, () -> SeccompPlan.of(profile, Arch.X86_64)).path();
    }

    @Test
    void a_profile_without_flags_has_SPEC_ALLOW_and_one_with_none_has_none() {
        Seccomp without = profile(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_ERRNO, "mkdir", Optional.empty(), Optional.empty(), Optional.empty());
        assertEquals(SPEC_ALLOW, SeccompPlan.of(without, Arch.X86_64).flags());
        assertEquals(0, SeccompPlan.of(withFlags(Action.SCMP_ACT_ERRNO), Arch.X86_64).flags());
    }

    @ParameterizedTest
    @CsvSource({"SECCOMP_FILTER_FLAG_TSYNC, 1, 9", "SECCOMP_FILTER_FLAG_LOG, 2, 10", "SECCOMP_FILTER_FLAG_SPEC_ALLOW, 4, 12",
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, 0, 40"})
    void flags_have_their_bits_and_NOTIFY_adds_a_listener(SeccompFlag flag, int bits, int bitsWithNotify) {
        assertEquals(bits, SeccompPlan.of(withFlags(Action.SCMP_ACT_ERRNO, flag), Arch.X86_64).flags());
        assertEquals(bitsWithNotify, SeccompPlan.of(withFlags(Action.SCMP_ACT_NOTIFY, flag), Arch.X86_64).flags());
    }

    @Test
    void NOTIFY_has_a_listener_with_its_metadata() {
        Seccomp profile = profile(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_NOTIFY, "mkdir", Optional.empty(), Optional.of("/run/agent.sock"),
                Optional.of("opaque"));
        SeccompPlan plan = SeccompPlan.of(profile, Arch.X86_64);
        assertEquals(Optional.of(new SeccompPlan.Listener("/run/agent.sock", Optional.of("opaque"))), plan.listener());
        assertEquals(SPEC_ALLOW | NEW_LISTENER, plan.flags());
    }

    @Test
    void without_NOTIFY_a_listenerPath_means_nothing() {
        assertEquals(Optional.empty(), SeccompPlan.of(withFlags(Action.SCMP_ACT_ERRNO), Arch.X86_64).listener());
    }

    @Test
    void NOTIFY_is_refused_where_nobody_can_answer() {
        Optional<String> path = Optional.of("/run/agent.sock");
        assertEquals("linux.seccomp.listenerPath", refusal(profile(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_NOTIFY, "mkdir", Optional.empty(),
                Optional.empty(), Optional.empty())));
        assertEquals("linux.seccomp.defaultAction", refusal(profile(Action.SCMP_ACT_NOTIFY, Action.SCMP_ACT_ALLOW, "mkdir", Optional.empty(),
                path, Optional.empty())));
        assertEquals("linux.seccomp.syscalls[0].names", refusal(profile(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_NOTIFY, "write",
                Optional.empty(), path, Optional.empty())));
    }

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, mkdir, true", "SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, accept4, false",
        "SCMP_ACT_ERRNO, SCMP_ACT_ALLOW, mkdir, false", "SCMP_ACT_ERRNO, SCMP_ACT_ALLOW, accept4, true",
        "SCMP_ACT_ERRNO, SCMP_ACT_LOG, accept4, true", "SCMP_ACT_ALLOW, SCMP_ACT_NOTIFY, accept4, false"})
    void a_profile_lets_an_init_wait_when_accept4_is_certainly_allowed(Action byDefault, Action action, String name, boolean lets) {
        assertEquals(lets, SeccompPlan.of(profile(byDefault, action, name, Optional.empty(), Optional.of("/run/agent.sock"), Optional.empty()),
                Arch.X86_64).letsWait());
    }

    @Test
    void a_call_that_is_allowed_by_its_arguments_alone_is_not_certainly_allowed() {
        Seccomp profile = new Seccomp(Action.SCMP_ACT_ERRNO, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new Syscall(List.of("accept4"), Action.SCMP_ACT_ALLOW, OptionalLong.empty(),
                        List.of(new SyscallArg(0, 1, 0, Operator.SCMP_CMP_EQ)))));
        assertFalse(SeccompPlan.of(profile, Arch.X86_64).letsWait());
    }

    @Test
    void metadata_needs_a_listenerPath() {
        assertEquals("linux.seccomp.listenerMetadata", refusal(profile(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_ERRNO, "mkdir", Optional.empty(),
                Optional.empty(), Optional.of("opaque"))));
    }
}
