package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
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
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bundle whose plan is performed for real, in a mount namespace of its own. */
abstract class PerformedPlan {

    static final long CLONE_NEWIPC = 0x08000000;
    static final long CLONE_NEWNET = 0x40000000;

    /** The kernels that there are. */
    enum Generation {
        NOW,
        /** No mount_setattr: before 5.12. */
        OF_2020,
        /** No new mount API and no openat2: before 5.2. */
        OF_2018;

        Kernel kernel() {
            Kernel kernel = Door.open();
            return this == NOW ? kernel
                    : this == OF_2020 ? new WithoutCalls(kernel, Sys.MOUNT_SETATTR)
                    : new WithoutCalls(kernel, Sys.MOUNT_SETATTR, Sys.OPEN_TREE, Sys.MOVE_MOUNT, Sys.FSOPEN, Sys.FSCONFIG,
                            Sys.FSMOUNT, Sys.OPENAT2);
        }

        Linux linux() {
            return Linux.over(kernel());
        }
    }

    @TempDir
    Path bundle;
    Path root;

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectory(bundle.resolve("rootfs"));
    }

    RootfsPlan plan(Config config) {
        return RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.toString()), List.of(), false, "context"));
    }

    /** The default configuration without its cgroup mount: this thread is in no cgroup of its own. */
    static Config config() {
        List<Mount> mounts = new ArrayList<>(DefaultConfig.rootful().mounts());
        mounts.removeIf(mount -> mount.type().orElse("").equals("cgroup"));
        return DefaultConfig.rootful().withMounts(mounts);
    }

    interface Look {
        void at(Linux linux) throws Exception;
    }

    void run(Generation generation, Config config, Look look) throws Exception {
        InMountNamespace.run(generation.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            }
            look.at(linux);
        });
    }

    void run(Config config, Look look) throws Exception {
        run(Generation.NOW, config, look);
    }

    static FileStatus status(Linux linux, String path) {
        return linux.paths.statx(Fd.CWD, path, FileFlags.AT_SYMLINK_NOFOLLOW);
    }

    static Errno failure(Runnable call) {
        return assertThrows(KernelException.class, call::run).errno();
    }

    Config with(Mount... mounts) {
        List<Mount> all = new ArrayList<>();
        all.add(Mount.of("/proc", "proc", "proc"));
        all.add(Mount.of("/dev", "tmpfs", "tmpfs", "mode=755"));
        all.addAll(List.of(mounts));
        return config().withRoot(new Root("rootfs", false)).withMounts(all)
                .withLinux(config().linux().orElseThrow().withPaths(List.of(), List.of()));
    }

    Config withDevices(Device... devices) {
        Config config = with();
        return config.withLinux(config.linux().orElseThrow().withDevices(List.of(devices)));
    }

    KernelException failsWith(Errno errno, Config config) {
        KernelException failure = assertThrows(KernelException.class, () -> run(config, linux -> { }));
        assertEquals(errno, failure.errno(), failure.getMessage());
        return failure;
    }

    static Device device(String path, Device.Type type, long major, long minor, int mode) {
        return new Device(path, type, major, minor, OptionalInt.of(mode), OptionalLong.of(7), OptionalLong.of(8));
    }
}
