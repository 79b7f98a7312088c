package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.kernel.RefusedCall;
import io.carafe.spec.Mount;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.SyscallArg;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that a seccomp filter around the runtime refuses: what they would have taken away from the container is not left to it. */
@ExtendWith(HostUnchanged.class)
class FailClosedIT {

    private static final long PR_CAPBSET_READ = 23;
    private static final int EPERM = 1;

    @TempDir
    private Path directory;

    private Carafe carafe() {
        return Carafe.in(directory.resolve("root")).behind("setpriv", "--groups", "0,6,42", "unshare", "--mount", "--propagation", "private");
    }

    private Bundle bundle(String... args) {
        return Bundle.in(directory).writable().args(args);
    }

    private static final List<SyscallArg> READ = List.of(new SyscallArg(0, PR_CAPBSET_READ, 0, Operator.SCMP_CMP_EQ));

    /** A list of at most one: setpriv(1) still gives three. */
    private static final List<SyscallArg> NO_GROUPS = List.of(new SyscallArg(0, 1, 0, Operator.SCMP_CMP_LE));

    /** The bounding set stayed the caller's: a set-user-id program of the image had all of it. */
    @ParameterizedTest
    @ValueSource(ints = {EPERM, 5, 38})
    void a_bounding_set_that_cannot_be_read_is_an_error(int errno) {
        Bundle bundle = bundle("grep", "CapBnd", "/proc/self/status").process(process -> process.withCapabilities(
                new Capabilities(List.of("CAP_KILL"), List.of("CAP_KILL"), List.of(), List.of("CAP_KILL"), List.of())));
        Carafe carafe = carafe();
        assertEquals("CapBnd:\t0000000000000020", carafe.run(bundle).succeeds().out().strip());
        String line = RefusedCall.around("prctl", errno, READ, () -> carafe.run(bundle)).fails();
        assertTrue(line.contains("prctl PR_CAPBSET_READ: "), line);
    }

    /** They are rights to files of the host: disk, shadow. */
    @Test
    void groups_of_the_caller_that_cannot_be_dropped_are_an_error() {
        Bundle bundle = bundle("sh", "-c", "grep Groups /proc/self/status; [ -z \"$WAIT\" ] || sleep 1000");
        Carafe carafe = carafe();
        assertEquals("Groups:", carafe.run(bundle).succeeds().out().strip());
        assertTrue(RefusedCall.around("setgroups", EPERM, NO_GROUPS, () -> carafe.run(bundle)).fails().contains("setgroups: EPERM"));

        bundle.process(process -> process.withEnv(List.of("PATH=/bin", "WAIT=1")));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            assertTrue(RefusedCall.around("setgroups", EPERM, NO_GROUPS, () -> carafe.call("exec", bundle.id(), "grep", "Groups", "/proc/self/status"))
                    .failsWith(255).contains("setgroups: EPERM"));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** As podman's unshare(1) without newgidmap(1): there nobody can drop them, and the container runs with them. */
    @Test
    void groups_that_a_user_namespace_denies_stay() {
        // gid=5 of the default devpts is no group there.
        Bundle bundle = bundle("grep", "Groups", "/proc/self/status").config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.removeIf(mount -> mount.type().equals(Optional.of("devpts")));
            return config.withMounts(mounts);
        });
        Carafe carafe = Carafe.in(directory.resolve("root")).behind("setpriv", "--groups", "6", "unshare", "--user", "--map-root-user",
                "--mount", "--propagation", "private");
        assertEquals("Groups:\t65534", carafe.run(bundle).succeeds().out().strip());
    }
}
