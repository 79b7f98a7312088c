package io.carafe.runtime.init.confine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyscallsAfterFilterTest {

    private static boolean areLet(Seccomp profile, long flags, boolean waits) {
        return new SyscallsAfterFilter(SeccompPlan.of(profile, Arch.HERE).filter()).areLet(flags, waits);
    }

    /** All is allowed but one. */
    private static Seccomp without(String call, Action action, OptionalLong errno) {
        return new Seccomp(Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new Syscall(List.of(call), action, errno, List.of())));
    }

    @Test
    void a_profile_like_dockers_lets_them_by_clone_but_no_new_namespace() {
        assertTrue(areLet(ContainerProfiles.likeDockers(), 0, true));
        assertFalse(areLet(ContainerProfiles.likeDockers(), ProcessFlags.CLONE_NEWNS, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"capset", "sendmsg", "recvmsg", "pidfd_send_signal", "close", "exit_group", "prctl", "setsid", "ioctl", "prlimit64", "write", "read",
        "rt_sigprocmask", "execve", "mmap", "munmap", "mprotect", "madvise", "accept4"})
    void one_that_is_not_let_is_enough(String call) {
        assertFalse(areLet(without(call, Action.SCMP_ACT_KILL_PROCESS, OptionalLong.empty()), 0, true));
        assertFalse(areLet(without(call, Action.SCMP_ACT_ERRNO, OptionalLong.of(1)), 0, true));
    }

    @ParameterizedTest
    @CsvSource({"clone3, 38, true", "clone3, 1, false", "clone, 1, true", "accept4, 1, true"})
    void clone_is_behind_clone3_and_accept4_is_for_who_waits(String call, long errno, boolean let) {
        assertEquals(let, areLet(without(call, Action.SCMP_ACT_ERRNO, OptionalLong.of(errno)), 0, false));
    }
}
