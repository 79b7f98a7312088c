package io.carafe.runtime.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.FaultSample;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call of a plan fails once, and no descriptor is left open. The mounts go with their namespace. */
@Tag("faults")
class RootfsFaultsTest {

    private static final Set<Integer> OPENING = Set.of(Sys.OPENAT.nr, Sys.OPENAT2.nr, Sys.OPEN_TREE.nr, Sys.FSOPEN.nr, Sys.FSMOUNT.nr);
    private static final int F_DUPFD_CLOEXEC = 1030;

    /** Knows what is open, and lets one call fail. */
    private static final class FailingKernel extends WrappedKernel {

        private final Set<Long> open = new TreeSet<>();
        private int calls;
        private int failing;
        private String failed = "";

        FailingKernel(Kernel kernel) {
            super(kernel);
        }

        @Override
        public long call(int nr, long a, long b, long c, long d, long e, long f) {
            if (nr == Sys.CLOSE.nr) {
                assertTrue(open.remove(a), "closed twice: " + a);
            } else if (++calls == failing) {
                failed = Sys.name(nr);
                return -Errno.EIO.number;
            }
            long result = kernel.call(nr, a, b, c, d, e, f);
            if (result >= 0 && (OPENING.contains(nr) || nr == Sys.FCNTL.nr && b == F_DUPFD_CLOEXEC)) {
                open.add(result);
            }
            return result;
        }
    }

    @TempDir
    Path bundle;

    private RootfsPlan plan() throws Exception {
        Files.createDirectories(bundle.resolve("volume"));
        Files.createDirectories(bundle.resolve("rootfs"));
        if (!Files.exists(bundle.resolve("rootfs/link"))) {
            Files.createSymbolicLink(bundle.resolve("rootfs/link"), Path.of("a/b"));
            Files.writeString(Files.createDirectories(bundle.resolve("rootfs/copied/sub")).resolve("file"), "content");
        }
        List<Mount> mounts = new ArrayList<>(DefaultConfig.rootful().mounts());
        mounts.removeIf(mount -> mount.type().orElse("").equals("cgroup"));
        mounts.add(Mount.of("/volume", "none", "volume", "rbind", "ro"));
        mounts.add(Mount.of("/link", "tmpfs", "x", "ro"));
        mounts.add(Mount.of("/copied", "tmpfs", "x", "tmpcopyup"));
        mounts.add(Mount.of("/volume", "none", "none", "bind", "remount", "nosuid"));
        Config config = DefaultConfig.rootful().withMounts(mounts).withRoot(new Root("rootfs", true));
        return RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.toString()), List.of(), false, "context"));
    }

    /** @return whether a call was failed */
    private boolean failOnce(Kernel kernel, RootfsPlan plan, int failing) throws Exception {
        FailingKernel faulty = new FailingKernel(kernel);
        InMountNamespace.run(Linux.over(faulty), 0, linux -> {
            faulty.calls = 0;
            faulty.failing = failing;
            try (Rootfs rootfs = Rootfs.of(linux, plan)) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            } catch (KernelException e) {
                // ENOSYS where the failed call was the question whether there is a call.
                assertTrue(e.is(Errno.EIO) || e.is(Errno.ENOSYS), e.getMessage());
            }
            assertEquals(Set.of(), faulty.open, "left open after a failure of call " + failing + ", " + faulty.failed);
        });
        return !faulty.failed.isEmpty();
    }

    @ParameterizedTest
    @EnumSource(PerformedPlan.Generation.class)
    void no_failure_leaves_a_descriptor(PerformedPlan.Generation generation) throws Exception {
        RootfsPlan plan = plan();
        int failing = 1;
        while (failOnce(generation.kernel(), plan, failing)) {
            failing++;
        }
        FaultSample.report("a root, " + generation, failing - 1, 0);
        assertTrue(failing > 100, "too few calls to be the whole plan: " + failing);
    }

    /** The plan of a root of layers, as far as it goes another way. */
    @ParameterizedTest
    @EnumSource(PerformedPlan.Generation.class)
    void no_failure_of_an_overlay_leaves_a_descriptor(PerformedPlan.Generation generation) throws Exception {
        Files.createDirectories(bundle.resolve("rootfs"));
        Files.createDirectories(bundle.resolve("low"));
        Config config = DefaultConfig.rootful().withMounts(List.of(Mount.of("/dev", "none", "/dev", "bind")))
                .withRoot(new Root("rootfs", true)).withAnnotations(Map.of("io.carafe.rootfs.lower", "low:rootfs"));
        config = config.withLinux(config.linux().orElseThrow().withPaths(List.of(), List.of()));
        RootfsPlan plan = RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.toString()), List.of(), false, "context"));
        int failing = 1;
        while (failOnce(generation.kernel(), plan, failing)) {
            failing++;
        }
        FaultSample.report("a root of layers, " + generation, failing - 1, 0);
        assertTrue(failing > 30, "too few calls to be the whole plan: " + failing);
    }

    @Test
    void a_failure_says_which_step_it_was() throws Exception {
        RootfsPlan plan = plan();
        Kernel kernel = new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                // By both ways, as the kernel refuses.
                boolean isProc = nr == Sys.MOUNT.nr && c != 0 && new Memory(kernel).text(c).equals("proc");
                return nr == Sys.FSMOUNT.nr || isProc ? -Errno.EPERM.number : kernel.call(nr, a, b, c, d, e, f);
            }
        };
        InMountNamespace.run(Linux.over(kernel), 0, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan)) {
                rootfs.mount();
            } catch (KernelException e) {
                assertTrue(e.getMessage().startsWith("mount proc on /proc: EPERM: operation not permitted (a user namespace"),
                        e.getMessage());
                return;
            }
            throw new AssertionError("nothing failed");
        });
    }
}
