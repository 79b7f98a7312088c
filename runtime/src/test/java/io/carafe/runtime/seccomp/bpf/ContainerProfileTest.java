package io.carafe.runtime.seccomp.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.linux.Errno;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A whole profile on the real kernel, which checks and translates the program and keeps its own list of calls that are always allowed. */
class ContainerProfileTest {

    private final Linux linux = Linux.over(Door.open());

    @Test
    void a_thread_under_a_containers_profile_is_refused_what_the_profile_refuses() throws Exception {
        final int newerThanAll = 1000;
        final int persona = 0x20;
        final int whatIsMyPersona = 0xffffffff;
        CompletableFuture<long[]> results = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                linux.processes.prctl(ProcessFlags.PR_SET_NO_NEW_PRIVS, 1, 0);
                linux.bpf.setModeFilter(0, BpfCompiler.compile(Profiles.ofContainer(io.carafe.spec.seccomp.Arch.values()), Arch.HERE));
                results.complete(new long[] {linux.kernel.call(Sys.UNSHARE.nr, 0), linux.kernel.call(Sys.CLONE3.nr, 0, 0),
                    linux.kernel.call(Sys.PERSONALITY.nr, persona), linux.kernel.call(Sys.PERSONALITY.nr, whatIsMyPersona & 0xffffffffL),
                    linux.kernel.call(newerThanAll), linux.kernel.call(Sys.GETPPID.nr)});
            } catch (Throwable e) {
                results.completeExceptionally(e);
            }
        });
        thread.start();
        thread.join();
        int perm = -Errno.EPERM.number;
        int nosys = -Errno.ENOSYS.number;
        assertArrayEquals(new long[] {perm, nosys, perm, 0, nosys, linux.processes.getppid()}, results.get(180, TimeUnit.SECONDS));
        assertEquals(0, linux.kernel.call(Sys.UNSHARE.nr, 0), "this thread has no filter");
    }
}
