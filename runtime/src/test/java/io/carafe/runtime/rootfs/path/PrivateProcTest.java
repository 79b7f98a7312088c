package io.carafe.runtime.rootfs.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Labels are written to the kernel's own files, whatever lies on /proc (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881). Here nothing but
 * that a write of a label arrives there can be seen: without a security module the kernel answers EINVAL to each, a decoy takes all.
 */
class PrivateProcTest {

    private static final String LABEL = "u:r:t:s0";
    private static final String OWN = "thread-self/attr/exec";

    @TempDir
    private Path directory;
    private Path decoy;

    @BeforeEach
    void decoy() throws Exception {
        assumeTrue(Linux.over(Door.open()).credentials.geteuid() == 0, "only as root");
        assumeTrue(Files.exists(Path.of("/proc/self/attr/exec")), "this kernel has no security attributes");
        assumeTrue(!Files.exists(Path.of("/sys/fs/selinux/enforce")) && !Files.exists(Path.of("/sys/kernel/security/apparmor")),
                "a security module would take the label");
        decoy = Files.createFile(directory.resolve("decoy"));
    }

    private static void assertRefused(PrivateProc proc, Errno errno) {
        KernelException refused = assertThrows(KernelException.class, () -> proc.write(OWN, LABEL));
        assertEquals(errno, refused.errno(), refused::getMessage);
    }

    private void bind(Linux linux, Path what, String where) {
        linux.mounts.mount(what.toString(), where, "", MountFlags.MS_BIND, "");
    }

    private void assertTheDecoyIsEmpty() throws Exception {
        assertEquals("", Files.readString(decoy));
    }

    @Test
    void a_file_over_the_attribute_gets_nothing() throws Exception {
        InMountNamespace.run(linux -> {
            bind(linux, decoy, "/proc/" + OWN);
            linux.files.writeText(Fd.CWD, "/proc/" + OWN, "by the way that a naive writer takes");
            assertEquals("by the way that a naive writer takes", Files.readString(decoy));
            Files.writeString(decoy, "");
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertRefused(proc, Errno.EINVAL);
            }
            assertTheDecoyIsEmpty();
        });
    }

    @Test
    void a_tmpfs_on_proc_gets_nothing() throws Exception {
        InMountNamespace.run(linux -> {
            linux.mounts.mount("tmpfs", "/proc", "tmpfs", 0, "");
            Path attributes = Files.createDirectories(Path.of("/proc/thread-self/attr"));
            Path fake = Files.createFile(attributes.resolve("exec"));
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertRefused(proc, Errno.EINVAL);
            }
            assertEquals("", Files.readString(fake));
        });
    }

    @Test
    void one_that_was_prepared_before_is_not_replaced() throws Exception {
        InMountNamespace.run(linux -> {
            try (PrivateProc proc = PrivateProc.of(linux)) {
                proc.prepare();
                linux.mounts.mount("tmpfs", "/proc", "tmpfs", 0, "");
                assertRefused(proc, Errno.EINVAL);
            }
        });
    }

    /** The fallback, where a user namespace may mount no procfs: it is the /proc that is there, and what lies over a file of it is refused. */
    @Test
    void without_a_procfs_of_its_own_what_lies_over_a_file_is_an_error() throws Exception {
        Linux refusing = Linux.over(new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                return nr == Sys.FSOPEN.nr ? -Errno.EPERM.number : kernel.call(nr, a, b, c, d, e, f);
            }
        });
        InMountNamespace.run(refusing, 0, linux -> {
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertRefused(proc, Errno.EINVAL);
            }
            bind(linux, decoy, "/proc/" + OWN);
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertRefused(proc, Errno.EXDEV);
            }
            // A file of the same procfs is no better: writing to it must do what the label was to do.
            bind(linux, Path.of("/proc/self/sched"), "/proc/" + OWN);
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertRefused(proc, Errno.EXDEV);
            }
            assertTheDecoyIsEmpty();
        });
    }
}
