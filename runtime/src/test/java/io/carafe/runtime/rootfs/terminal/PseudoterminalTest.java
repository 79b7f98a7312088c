package io.carafe.runtime.rootfs.terminal;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;
import static io.carafe.linux.abi.FileFlags.S_IFREG;
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
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.runtime.rootfs.path.WithoutCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2025-52565: what may stand where a terminal is opened, and where it is bound, on kernels of today and of before. */
class PseudoterminalTest {

    @TempDir
    private Path directory;

    @BeforeEach
    void root() {
        assumeTrue(Linux.over(Door.open()).credentials.geteuid() == 0, "only as root");
    }

    private static void inside(boolean old, InMountNamespace.Body body) throws Exception {
        Linux linux = old ? Linux.over(new WithoutCalls(Door.open(), Sys.OPENAT2, Sys.OPEN_TREE, Sys.MOUNT_SETATTR)) : Linux.over(Door.open());
        InMountNamespace.run(linux, 0, inside -> {
            inside.mounts.mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=0666");
            body.run(inside);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void both_ends_are_of_the_devpts_that_is_on_dev_pts(boolean old) throws Exception {
        inside(old, linux -> {
            try (Pseudoterminal pty = Pseudoterminal.open(linux)) {
                assertEquals(0, linux.terminals.number(pty.master()));
                assertEquals(linux.paths.statx(Fd.CWD, "/dev/pts/0", 0).inode(), linux.files.fstat(pty.peer()).inode());
                assertEquals("/dev/pts/0", linux.paths.readlinkat(Fd.CWD, pty.peer().path().replace("self", "thread-self")));
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"false, EXDEV", "true, ENODEV"})
    void a_ptmx_with_something_mounted_over_it_is_refused(boolean old, Errno errno) throws Exception {
        Path trap = Files.createFile(directory.resolve("trap"));
        inside(old, linux -> {
            linux.mounts.mount(trap.toString(), "/dev/pts/ptmx", "", MountFlags.MS_BIND, "");
            assertEquals(errno, assertThrows(KernelException.class, () -> Pseudoterminal.open(linux)).errno());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_ptmx_that_is_no_devpts_is_not_opened(boolean old) throws Exception {
        inside(old, linux -> {
            linux.mounts.mount("tmpfs", "/dev/pts", "tmpfs", 0, "");
            linux.paths.mknodat(Fd.CWD, "/dev/pts/ptmx", S_IFCHR | 0666, 5, 2);
            assertEquals(Errno.ENODEV, assertThrows(KernelException.class, () -> Pseudoterminal.open(linux)).errno());
        });
    }

    @Test
    void a_dev_pts_that_leads_through_a_link_of_proc_is_refused() throws Exception {
        inside(false, linux -> {
            linux.mounts.mount("tmpfs", "/dev", "tmpfs", 0, "");
            linux.paths.symlinkat("/proc/self/root/dev/pts", Fd.CWD, "/dev/pts");
            assertEquals(Errno.ELOOP, assertThrows(KernelException.class, () -> Pseudoterminal.open(linux)).errno());
        });
    }

    private static void bind(Linux linux, Path root, Pseudoterminal pty) {
        try (Mounting mounting = Mounting.of(linux); Root opened = Root.of(linux, linux.files.open(root.toString(), O_PATH | O_DIRECTORY))) {
            Console.bind(linux, mounting, opened, pty.peer());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void the_console_is_the_terminal_whether_a_file_was_there_or_not(boolean old, boolean there) throws Exception {
        Files.createDirectory(directory.resolve("dev"));
        if (there) {
            Files.createFile(directory.resolve("dev/console"));
        }
        inside(old, linux -> {
            try (Pseudoterminal pty = Pseudoterminal.open(linux)) {
                bind(linux, directory, pty);
                assertEquals(linux.files.fstat(pty.peer()).rdevMajor(), linux.paths.statx(Fd.CWD, directory + "/dev/console", 0).rdevMajor());
                assertEquals(linux.files.fstat(pty.peer()).inode(), linux.paths.statx(Fd.CWD, directory + "/dev/console", 0).inode());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_console_that_is_a_link_is_refused(boolean old) throws Exception {
        Files.createDirectory(directory.resolve("dev"));
        Path other = Files.createFile(directory.resolve("other"));
        Files.createSymbolicLink(directory.resolve("dev/console"), Path.of("../other"));
        inside(old, linux -> {
            try (Pseudoterminal pty = Pseudoterminal.open(linux)) {
                assertEquals(Errno.ELOOP, assertThrows(KernelException.class, () -> bind(linux, directory, pty)).errno());
                assertRegularFile(linux, other);
            }
        });
    }

    private static void assertRegularFile(Linux linux, Path path) throws IOException {
        assertEquals(S_IFREG, linux.paths.statx(Fd.CWD, path.toString(), 0).type());
    }
}
