package io.carafe.spec;

import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.resources.DeviceCgroup;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration that {@code carafe spec} writes: a shell on a terminal, in a read-only {@code rootfs}. It says what
 * {@code runc spec} says on a host with cgroup v2, with no ambient capabilities, as newer runcs have it.
 */
public final class DefaultConfig {

    private static final List<String> CAPABILITIES = List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

    private static final Process SHELL = Process.of("/", List.of("sh"), List.of(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "TERM=xterm"))
            .withTerminal(true)
            .withCapabilities(new Capabilities(CAPABILITIES, CAPABILITIES, List.of(), CAPABILITIES, List.of()))
            .withRlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1024, 1024)))
            .withNoNewPrivileges(true);

    private static final Mount PROC = Mount.of("/proc", "proc", "proc");
    private static final Mount DEV = Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    // Group 5 is tty on every distribution.
    private static final Mount DEV_PTS = Mount.of("/dev/pts", "devpts", "devpts",
            "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
    // With one id mapped there is no group 5, and devpts refuses a gid that has no mapping (EINVAL).
    private static final Mount DEV_PTS_WITHOUT_GROUP = Mount.of("/dev/pts", "devpts", "devpts",
            "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620");
    private static final Mount DEV_SHM = Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
    private static final Mount DEV_MQUEUE = Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    private static final Mount SYS = Mount.of("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    // sysfs shows the network namespace, and only its owner may mount it; that namespace stays the host's here.
    private static final Mount SYS_OF_THE_HOST = Mount.of("/sys", "none", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro");
    private static final Mount CGROUP = Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro");

    private static final List<String> MASKED = List.of("/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
            "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi");
    private static final List<String> READONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private static final Config COMMON = Config.of(OciVersion.CURRENT)
            .withProcess(SHELL)
            .withRoot(new Root("rootfs", true))
            .withHostname("carafe");

    private static final Linux COMMON_LINUX = Linux.EMPTY.withPaths(MASKED, READONLY);

    private DefaultConfig() {
    }

    /** For root: six new namespaces, no device but the default ones. */
    public static Config rootful() {
        return COMMON
                .withMounts(List.of(PROC, DEV, DEV_PTS, DEV_SHM, DEV_MQUEUE, SYS, CGROUP))
                .withLinux(COMMON_LINUX
                        .withResources(Resources.EMPTY.withDevices(List.of(DeviceCgroup.all(false, "rwm"))))
                        .withNamespaces(namespaces(NamespaceType.PID, NamespaceType.NETWORK, NamespaceType.IPC, NamespaceType.UTS,
                                NamespaceType.MOUNT, NamespaceType.CGROUP)));
    }

    /**
     * For an ordinary user: a user namespace in which this one user is root; the host's network and no limits, since
     * both would need rights on the host.
     *
     * @param uid the user's, 0 to 4294967294
     * @param gid the user's, 0 to 4294967294
     */
    public static Config rootless(long uid, long gid) {
        return COMMON
                .withMounts(List.of(PROC, DEV, DEV_PTS_WITHOUT_GROUP, DEV_SHM, DEV_MQUEUE, SYS_OF_THE_HOST, CGROUP))
                .withLinux(COMMON_LINUX
                        .withMappings(List.of(new IdMapping(0, uid, 1)), List.of(new IdMapping(0, gid, 1)))
                        .withNamespaces(namespaces(NamespaceType.PID, NamespaceType.IPC, NamespaceType.UTS, NamespaceType.MOUNT,
                                NamespaceType.CGROUP, NamespaceType.USER)));
    }

    /** The same container, which sees the host's cgroups. */
    public static Config withoutCgroupNamespace(Config config) {
        List<Namespace> namespaces = new ArrayList<>(config.linux().orElseThrow().namespaces());
        namespaces.removeIf(namespace -> namespace.type() == NamespaceType.CGROUP);
        return config.withLinux(config.linux().orElseThrow().withNamespaces(namespaces));
    }

    private static List<Namespace> namespaces(NamespaceType... types) {
        Namespace[] namespaces = new Namespace[types.length];
        for (int i = 0; i < types.length; i++) {
            namespaces[i] = Namespace.of(types[i]);
        }
        return List.of(namespaces);
    }
}
