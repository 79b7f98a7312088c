package io.carafe.runtime.rootfs;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;
import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Mountpoints;
import io.carafe.runtime.rootfs.path.PrivateProc;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.runtime.rootfs.path.WithoutCalls;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A neighbour who shares a volume, or the container's own /proc, and changes it while the tree is made. */
class NeighbourTest extends PerformedPlan {

    private static final int ROUNDS = 2000;
    private static final int TIMES = 20;
    private static final int RENAME_EXCHANGE = 2;

    /** CVE-2021-30465: a directory on the way to a mount's place is a link that leads out, every other moment. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_mount_whose_place_is_swapped_for_a_link_lands_in_the_root_or_nowhere(Generation generation) throws Exception {
        Path outside = Files.createDirectories(bundle.resolve("outside/sub")).getParent();
        Path place = Files.createDirectories(root.resolve("volume/place/sub")).getParent();
        Path aside = Files.createSymbolicLink(root.resolve("volume/aside"), outside);
        AtomicBoolean done = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            Linux linux = Linux.over(Door.open());
            while (!done.get()) {
                linux.paths.rename(Fd.CWD, place.toString(), Fd.CWD, aside.toString(), RENAME_EXCHANGE);
            }
        });
        Path what = Files.createDirectory(bundle.resolve("what"));
        InMountNamespace.run(generation.linux(), 0, linux -> {
            swapper.start();
            try (Root opened = Root.of(linux, linux.files.open(root.toString(), O_PATH | O_DIRECTORY)); Mounting mounting = Mounting.of(linux);
                    Fd tree = mounting.clone(new HostPath(what.toString()), false, true)) {
                Mountpoints places = new Mountpoints(linux, opened);
                for (int i = 0; i < ROUNDS; i++) {
                    try (Mountpoint at = places.find(ContainerPath.of("/volume/place/sub"), true, () -> true); Fd copy = mounting.clone(tree, false)) {
                        mounting.attach(copy, false, at, MountOptions.NONE).close();
                    } catch (KernelException e) {
                        // It was not there, or somewhere else by the time that an old kernel asks again.
                        assertTrue(e.is(Errno.ENOENT) || e.is(Errno.EAGAIN), e.getMessage());
                    }
                }
            } finally {
                done.set(true);
                swapper.join();
            }
            int mounted = 0;
            // One on another: to take each away takes the kernel longer than all the rest.
            for (MountInfo mount : mounts(linux)) {
                if (mount.root().endsWith("/what")) {
                    assertTrue(mount.mountPoint().startsWith(root + "/"), "mounted on " + mount.mountPoint());
                    mounted++;
                }
            }
            assertTrue(mounted > 0, "the place was never there");
        });
    }

    /** CVE-2019-16884 at the worst moment: nothing was there when it was looked at, and when it is made there is a link into /proc. */
    @Test
    void a_place_that_has_just_become_a_link_into_proc_is_refused() throws Exception {
        Path place = Files.createDirectory(root.resolve("volume")).resolve("place");
        Kernel neighbour = new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                long result = kernel.call(nr, a, b, c, d, e, f);
                if (nr == Sys.OPENAT2.nr && result == -Errno.ENOENT.number && text(kernel, b).equals("/volume/place")) {
                    link(place);
                }
                return result;
            }
        };
        Config config = with(Mount.of("/volume/place", "tmpfs", "x"));
        KernelException refused = assertThrows(KernelException.class, () -> InMountNamespace.run(Linux.over(neighbour), 0, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
            }
        }));
        assertTrue(Files.isSymbolicLink(place), "the neighbour was never asked");
        assertEquals(Errno.ELOOP, refused.errno(), refused.getMessage());
    }

    /** CVE-2025-31133 at the worst moment: /dev/null was the null device when it was looked at. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_file_is_masked_by_the_very_device_that_was_looked_at(Generation generation) throws Exception {
        Path dev = Files.createDirectory(bundle.resolve("dev"));
        Path secret = Files.writeString(root.resolve("secret"), "not hidden");
        Files.writeString(root.resolve("file"), "to be hidden");
        Linux his = Linux.over(Door.open());
        Fd shared = his.files.open(dev.toString(), O_PATH | O_DIRECTORY);
        his.paths.mknodat(shared, "null", S_IFCHR | 0666, 1, 3);
        AtomicBoolean swapped = new AtomicBoolean();
        Kernel neighbour = new WrappedKernel(generation.kernel()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                long result = kernel.call(nr, a, b, c, d, e, f);
                // fstat(2) of the device, which has no name any more.
                if (nr == Sys.STATX.nr && result == 0 && text(kernel, b).isEmpty() && isNull(kernel, (int) a) && swapped.compareAndSet(false, true)) {
                    his.paths.rename(shared, "null", shared, "aside", 0);
                    his.paths.symlinkat("/secret", shared, "null");
                }
                return result;
            }
        };
        Config config = with(Mount.of("/dev", "none", "dev", "bind"));
        InMountNamespace.run(Linux.over(neighbour), 0, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config.withLinux(config.linux().orElseThrow().withPaths(List.of("/file"), List.of()))))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            }
            assertTrue(swapped.get(), "the neighbour was never asked");
            assertTrue(linux.paths.statx(Fd.CWD, "/file", AT_SYMLINK_NOFOLLOW).isCharacterDevice(1, 3), "masked by something else");
        });
        shared.close();
        assertEquals("not hidden", Files.readString(secret));
    }

    private static boolean isNull(Kernel kernel, int fd) {
        return Linux.over(kernel).paths.readlinkat(Fd.CWD, "/proc/thread-self/fd/" + fd).endsWith("/null");
    }

    private static void link(Path place) {
        try {
            Files.createSymbolicLink(place, Path.of("/proc/self/attr"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Kernel kernel, long address) {
        return address == 0 ? "" : new Memory(kernel).text(address);
    }

    /** CVE-2025-52881: where no procfs of its own may be mounted, a file of procfs that lies over another is seen by its mount. */
    @Test
    void a_file_of_proc_that_lies_over_another_is_not_written_to() throws Exception {
        InMountNamespace.run(Linux.over(new WithoutCalls(Door.open(), Sys.FSOPEN)), CLONE_NEWIPC, linux -> {
            linux.mounts.mount("/proc/sys/kernel/msgmni", "/proc/sys/kernel/shmmni", "", MountFlags.MS_BIND, "");
            try (PrivateProc proc = PrivateProc.of(linux)) {
                assertEquals(Errno.EXDEV, failure(() -> proc.write("sys/kernel/shmmni", "7")));
                proc.write("sys/kernel/shmall", "4096");
            }
        });
    }

    /** The same as a race: a neighbour who shares the mount namespace lays a tmpfs over /proc/sys and takes it away. */
    @Test
    void a_parameter_goes_to_the_kernel_whatever_comes_and_goes_over_proc() throws Exception {
        InMountNamespace.run(Linux.over(Door.open()), CLONE_NEWIPC, linux -> {
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger times = new AtomicInteger();
            // A thread is born in the namespaces of the one that starts it.
            Thread neighbour = new Thread(() -> {
                Linux his = Linux.over(Door.open());
                while (!done.get()) {
                    his.mounts.mount("tmpfs", "/proc/sys/kernel", "tmpfs", 0, "");
                    his.polling.readable(1);
                    his.mounts.umount2("/proc/sys/kernel", MountFlags.MNT_DETACH);
                    times.incrementAndGet();
                }
            });
            neighbour.start();
            try {
                try (PrivateProc proc = PrivateProc.of(linux)) {
                    for (int i = 1; i <= ROUNDS || times.get() < TIMES; i++) {
                        proc.write("sys/kernel/shmmni", Integer.toString(i % ROUNDS));
                        try (Fd written = proc.open("sys/kernel/shmmni", O_RDONLY)) {
                            assertEquals(i % ROUNDS + "\n", new String(linux.files.readAll(written, 100)));
                        }
                    }
                }
            } finally {
                done.set(true);
                neighbour.join();
            }
        });
    }
}
