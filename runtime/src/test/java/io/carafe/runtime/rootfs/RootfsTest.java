package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mountOn;
import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.FileStatus;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.WithoutCalls;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.linux.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans performed for real, each in a mount namespace of its own. */
class RootfsTest {

    private static final long CLONE_NEWIPC = 0x08000000;
    private static final long CLONE_NEWNET = 0x40000000;

    /** The kernels that there are. */
    enum Generation {
        NOW,
        /** No mount_setattr: before 5.12. */
        OF_2020,
        /** No new mount API and no openat2: before 5.2. */
        OF_2018;

        Linux linux() {
            Kernel kernel = Door.open();
            return Linux.over(this == NOW ? kernel
                    : this == OF_2020 ? new WithoutCalls(kernel, Sys.MOUNT_SETATTR)
                    : new WithoutCalls(kernel, Sys.MOUNT_SETATTR, Sys.OPEN_TREE, Sys.MOVE_MOUNT, Sys.FSOPEN, Sys.FSCONFIG,
                            Sys.FSMOUNT, Sys.OPENAT2));
        }
    }

    @TempDir
    Path bundle;
    private Path root;

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectory(bundle.resolve("rootfs"));
    }

    private RootfsPlan plan(Config config) {
        return RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.toString()), List.of()));
    }

    /** The default configuration without its cgroup mount: this thread is in no cgroup of its own. */
    private static Config config() {
        List<Mount> mounts = new ArrayList<>(DefaultConfig.rootful().mounts());
        mounts.removeIf(mount -> mount.type().orElse("").equals("cgroup"));
        return DefaultConfig.rootful().withMounts(mounts);
    }

    private interface Look {
        void at(Linux linux) throws Exception;
    }

    private void run(Generation generation, Config config, Look look) throws Exception {
        InMountNamespace.run(generation.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            }
            look.at(linux);
        });
    }

    private void run(Config config, Look look) throws Exception {
        run(Generation.NOW, config, look);
    }

    private static FileStatus status(Linux linux, String path) {
        return linux.files.statx(Fd.CWD, path, FileFlags.AT_SYMLINK_NOFOLLOW);
    }

    private static Errno failure(Runnable call) {
        return assertThrows(KernelException.class, call::run).errno();
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void the_default_configuration_becomes_a_tree(Generation generation) throws Exception {
        run(generation, config(), linux -> {
            assertEquals("/", linux.files.getcwd());
            assertTrue(mountOn(linux, "/").has("ro"), "root");
            assertEquals("proc", mountOn(linux, "/proc").type());
            assertEquals("tmpfs", mountOn(linux, "/dev").type());
            assertTrue(mountOn(linux, "/dev").has("nosuid") && !mountOn(linux, "/dev").has("relatime"), "strictatime");
            assertEquals("devpts", mountOn(linux, "/dev/pts").type());
            assertTrue(mountOn(linux, "/dev/pts").superOptions().contains("mode=620"));
            assertEquals("shm", mountOn(linux, "/dev/shm").source());
            assertEquals(01777, status(linux, "/dev/shm").permissions());
            assertEquals("mqueue", mountOn(linux, "/dev/mqueue").type());
            assertTrue(mountOn(linux, "/sys").has("ro") && mountOn(linux, "/sys").has("noexec"));
            for (MountInfo mount : mounts(linux)) {
                assertFalse(mount.mountPoint().startsWith(bundle.toString()), "the host is still there: " + mount);
                assertEquals(List.of(), mount.tags(), mount.mountPoint());
            }

            assertTrue(status(linux, "/dev/null").isCharacterDevice(1, 3));
            assertTrue(status(linux, "/dev/tty").isCharacterDevice(5, 0));
            assertEquals(0666, status(linux, "/dev/urandom").permissions());
            assertEquals("pts/ptmx", linux.files.readlinkat(Fd.CWD, "/dev/ptmx"));
            assertEquals("/proc/self/fd/2", linux.files.readlinkat(Fd.CWD, "/dev/stderr"));

            assertTrue(mountOn(linux, "/proc/sys").has("ro"));
            assertEquals("/null", mountOn(linux, "/proc/timer_list").root());
            assertTrue(linux.files.list(Fd.CWD, "/sys/firmware").isEmpty());
            assertEquals(Errno.EROFS, failure(() -> linux.files.mkdirat(Fd.CWD, "/x", 0755)));
        });
        try (var left = Files.list(root)) {
            assertEquals(List.of("dev", "proc", "sys"), left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void directories_that_are_masked_share_one_file_system() throws Exception {
        Config config = config();
        config = config.withLinux(config.linux().orElseThrow().withPaths(List.of("/sys/firmware", "/proc/irq", "/proc/fs"), List.of()));
        run(config, linux -> {
            assertEquals(mountOn(linux, "/sys/firmware").device(), mountOn(linux, "/proc/irq").device());
            assertEquals(mountOn(linux, "/sys/firmware").device(), mountOn(linux, "/proc/fs").device());
            assertTrue(mountOn(linux, "/proc/fs").has("ro") && mountOn(linux, "/proc/irq").has("noexec"));
        });
    }
}
