package io.carafe.runtime.rootfs;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link RootlessTest} starts inside a user namespace. Prints what it sees. Arguments: a generation, a bundle, a volume. */
final class RootlessProgram {

    private RootlessProgram() {
    }

    public static void main(String[] args) throws Exception {
        PerformedPlan.Generation generation = PerformedPlan.Generation.valueOf(args[0]);
        String bundle = args[1];
        String volume = args[2];
        Config config = DefaultConfig.rootless(1000, 1000);
        List<Mount> mounts = new ArrayList<>(config.mounts());
        mounts.removeIf(mount -> mount.type().orElse("").equals("cgroup"));
        mounts.add(Mount.of("/ro", "none", volume, "bind", "ro"));
        mounts.add(Mount.of("/plain", "none", volume, "bind"));
        InMountNamespace.run(generation.linux(), 0, linux -> {
            perform(linux, bundle, config.withMounts(mounts));
            for (MountInfo mount : InMountNamespace.mounts(linux)) {
                System.out.println(mount.mountPoint() + " " + mount.type() + " " + mount.options());
            }
            System.out.println("null " + linux.paths.statx(Fd.CWD, "/dev/null", 0).isCharacterDevice(1, 3));
        });
        InMountNamespace.run(generation.linux(), 0, linux -> {
            perform(linux, bundle, config.withMounts(List.of(Mount.of("/proc", "proc", "proc")))
                    .withRoot(new Root("rootfs", false)).withAnnotations(Map.of("io.carafe.rootfs.lower", volume)));
            linux.paths.mkdirat(Fd.CWD, "/made", 0755);
            MountInfo root = InMountNamespace.mountOn(linux, "/");
            System.out.println("layered " + root.type() + " " + root.superOptions());
        });
        InMountNamespace.run(generation.linux(), 0, linux -> {
            try {
                perform(linux, bundle, config.withMounts(List.of(Mount.of("/proc", "proc", "proc"), Mount.of("/s", "sysfs", "sysfs", "ro", "nosuid"))));
                boolean allReadOnly = true;
                int below = 0;
                for (MountInfo mount : InMountNamespace.mounts(linux)) {
                    boolean isBelow = mount.mountPoint().startsWith("/s/");
                    below += isBelow ? 1 : 0;
                    allReadOnly &= !isBelow || mount.has("ro");
                }
                System.out.println("bound " + InMountNamespace.mountOn(linux, "/s").type() + " " + (below > 0) + " " + allReadOnly);
            } catch (KernelException e) {
                System.out.println("bound " + e.errno());
            }
        });
        for (String word : new String[] {"suid", "exec"}) {
            InMountNamespace.run(generation.linux(), 0, linux -> {
                try {
                    perform(linux, bundle, config.withMounts(List.of(Mount.of("/x", "none", volume, "bind", word))));
                    System.out.println(word + " was cleared");
                } catch (KernelException e) {
                    System.out.println(word + " " + e.errno() + (e.is(Errno.EPERM) ? "" : e.getMessage()));
                }
            });
        }
    }

    private static void perform(Linux linux, String bundle, Config config) {
        RootfsPlan plan = RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle), List.of(), false, "context"));
        try (Rootfs rootfs = Rootfs.of(linux, plan)) {
            rootfs.mount();
            rootfs.pivot();
            rootfs.finish();
        }
    }
}
