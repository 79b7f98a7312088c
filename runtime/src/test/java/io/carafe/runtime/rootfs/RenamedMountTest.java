package io.carafe.runtime.rootfs;

import static io.carafe.linux.abi.FileFlags.RENAME_EXCHANGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.PrivateProc;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A neighbour who shares the root directory, and renames there what carafe mounts on: in his mount namespace it is no mount point, so
 * the kernel lets him, and the mount goes along with the name.
 */
class RenamedMountTest extends PerformedPlan {

    private static final int ROUNDS = 60;
    private static final List<String> MASKED = List.of("/proc/timer_list", "/proc/fs", "/proc/no-such-file", "/sys/firmware");
    private static final List<String> READ_ONLY = List.of("/proc/sys", "/proc/irq");

    /** A thread stays in the mount namespace that it was born in: this one is not the container's. */
    private final ExecutorService neighbour = Executors.newSingleThreadExecutor();

    @BeforeEach
    void directories() throws Exception {
        neighbour.submit(() -> { }).get();
        for (String name : List.of("proc", "proc.aside", "sys", "sys.aside", "dev", "dev.aside")) {
            Files.createDirectory(root.resolve(name));
        }
    }

    @AfterEach
    void end() {
        neighbour.shutdownNow();
    }

    private void swap(String name) {
        try {
            neighbour.submit(() -> Linux.over(Door.open()).paths.rename(Fd.CWD, root.resolve(name).toString(), Fd.CWD,
                    root.resolve(name + ".aside").toString(), RENAME_EXCHANGE)).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Config masking(Config config) {
        return config.withRoot(new Root("rootfs", false)).withLinux(config.linux().orElseThrow().withPaths(MASKED, READ_ONLY));
    }

    private static void assertHidden(Linux linux, String proc, String sys) {
        assertTrue(status(linux, proc + "/timer_list").isCharacterDevice(1, 3), proc + "/timer_list can be read");
        assertEquals(List.of(), linux.files.list(Fd.CWD, proc + "/fs"), proc + "/fs");
        assertEquals(List.of(), linux.files.list(Fd.CWD, sys + "/firmware"), sys + "/firmware");
        for (String path : List.of("/sys", "/irq")) {
            assertTrue(mounts().stream().anyMatch(mount -> mount.mountPoint().equals(proc + path) && mount.has("ro")),
                    proc + path + " can be written to");
        }
    }

    /** By a procfs that nobody renames. */
    private static List<MountInfo> mounts() {
        Linux linux = Linux.over(Door.open());
        try (PrivateProc proc = PrivateProc.of(linux); Fd file = proc.open("thread-self/mountinfo", FileFlags.O_RDONLY)) {
            return MountInfo.parse(new String(linux.files.readAll(file, 1 << 20), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void masks_go_to_the_mounts_wherever_they_have_been_renamed_to(Generation generation) throws Exception {
        Config config = masking(config());
        InMountNamespace.run(generation.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                swap("proc");
                rootfs.pivot();
                swap("sys");
                rootfs.finish();
            }
            assertHidden(linux, "/proc.aside", "/sys.aside");
            swap("proc");
            swap("sys");
            assertHidden(linux, "/proc", "/sys");
        });
    }

    /** "net" is a link of procfs itself, to self/net. */
    @Test
    void a_link_inside_a_mount_is_followed_from_it() throws Exception {
        Config config = with(Mount.of("/sys", "sysfs", "sysfs"));
        InMountNamespace.run(Linux.over(Door.open()), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config.withLinux(config.linux().orElseThrow().withPaths(List.of("/proc/net/dev"), List.of()))))) {
                rootfs.mount();
                swap("proc");
                rootfs.pivot();
                rootfs.finish();
            }
            assertTrue(mounts().stream().anyMatch(mount -> mount.mountPoint().startsWith("/proc.aside/") && mount.mountPoint().endsWith("/net/dev")
                    && mount.root().equals("/null")), mounts().toString());
        });
    }

    /** The three directories are swapped as soon as something lies on them, and what is to come into it still does. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void what_belongs_into_a_mount_is_made_there(Generation generation) throws Exception {
        AtomicBoolean swapped = new AtomicBoolean();
        AtomicBoolean devs = new AtomicBoolean();
        Kernel watched = new WrappedKernel(generation.kernel()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                long result = kernel.call(nr, a, b, c, d, e, f);
                boolean isDev = nr == Sys.MOUNT.nr && c != 0 && new Memory(kernel).text(c).equals("tmpfs") || nr == Sys.MOVE_MOUNT.nr && devs.get();
                if (nr == Sys.FSOPEN.nr) {
                    devs.set(new Memory(kernel).text(a).equals("tmpfs"));
                }
                if (isDev && swapped.compareAndSet(false, true)) {
                    swap("dev");
                }
                return result;
            }
        };
        Config config = masking(config());
        InMountNamespace.run(Linux.over(watched), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            } catch (KernelException e) {
                assertEquals(Errno.EAGAIN, e.errno(), e.getMessage());
                assertFalse(generation == Generation.NOW, e.getMessage());
                return;
            }
            assertEquals(Generation.NOW, generation, "an old kernel cannot know where its mount has gone");
            assertTrue(swapped.get(), "nothing was mounted");
            assertTrue(status(linux, "/dev.aside/null").isCharacterDevice(1, 3));
            assertTrue(mounts().stream().anyMatch(mount -> mount.mountPoint().equals("/dev.aside/pts") && mount.type().equals("devpts")));
            assertEquals("pts/ptmx", linux.paths.readlinkat(Fd.CWD, "/dev.aside/ptmx"));
            assertEquals(List.of(), linux.files.list(Fd.CWD, "/dev"), "made beside the mount");
        });
    }

    /** Without pause, while 60 containers come to be: each fails, or is hidden as it should be. */
    @Test
    void no_moment_is_the_right_one_for_a_rename() throws Exception {
        Config config = masking(with());
        AtomicBoolean done = new AtomicBoolean();
        neighbour.submit(() -> {
            Linux his = Linux.over(Door.open());
            while (!done.get()) {
                his.paths.rename(Fd.CWD, root.resolve("proc").toString(), Fd.CWD, root.resolve("proc.aside").toString(), RENAME_EXCHANGE);
            }
        });
        AtomicInteger made = new AtomicInteger();
        try {
            for (int i = 0; i < ROUNDS; i++) {
                InMountNamespace.run(Linux.over(Door.open()), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
                    try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                        rootfs.mount();
                        rootfs.pivot();
                        rootfs.finish();
                        made.incrementAndGet();
                    } catch (KernelException e) {
                        assertTrue(Set.of(Errno.ENOENT, Errno.EAGAIN).contains(e.errno()), e.getMessage());
                        return;
                    }
                    List<MountInfo> below = new ArrayList<>();
                    for (MountInfo mount : mounts()) {
                        if (mount.mountPoint().startsWith("/proc")) {
                            below.add(mount);
                        }
                    }
                    for (String name : List.of("/timer_list", "/fs", "/sys", "/irq")) {
                        assertTrue(below.stream().anyMatch(mount -> (mount.mountPoint().equals("/proc" + name)
                                || mount.mountPoint().equals("/proc.aside" + name)) && (mount.has("ro") || mount.root().equals("/null"))), name + " is not covered: " + below);
                    }
                });
            }
        } finally {
            done.set(true);
        }
        assertTrue(made.get() > 0, "none came to be");
    }

    /** Something may have been mounted over it by a hook, or by a later entry that leads there through a link. */
    @Test
    void what_lies_over_a_mount_by_the_time_is_hidden_as_well() throws Exception {
        Config config = masking(with(Mount.of("/sys", "sysfs", "sysfs")));
        run(config, linux -> { });
        InMountNamespace.run(Linux.over(Door.open()), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                linux.mounts.mount("proc", root.resolve("proc").toString(), "proc", 0, "");
                rootfs.pivot();
                rootfs.finish();
            }
            assertHidden(linux, "/proc", "/sys");
        });
    }
}
