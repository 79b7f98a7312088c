package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.criu.CgroupsMode;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.criu.CriuRequest;
import io.carafe.runtime.init.namespace.NamespaceKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What CRIU is asked for at a checkpoint.
 *
 * @param options all but the descriptors of the directories
 * @param descriptors what the standard streams are called, for the restore; none of a pre-dump, which saves memory alone
 */
record CheckpointPlan(CriuRequest.Type type, CriuOptions options, List<String> descriptors) {

    static final String LOG = "dump.log";
    /** Errors, warnings, what is done, and its details. */
    static final int LOG_LEVEL = 4;
    /** File systems with one superblock for all that have them mounted, which CRIU mounts anew. */
    private static final Set<String> KERNELS = Set.of("proc", "sysfs", "mqueue", "cgroup2");

    /**
     * What is known of the container.
     *
     * @param mounts of its first process
     * @param hosts of the caller
     * @param streams what its processes have open, the first one's in front
     * @param namespaces of those kinds that it joined and CRIU must be told of: the number that tells one from others
     */
    record Found(List<MountInfo> mounts, List<MountInfo> hosts, List<StandardStream> streams, List<Joined> namespaces) {

        record Joined(NamespaceKind kind, long inode) {
        }
    }

    CheckpointPlan {
        descriptors = List.copyOf(descriptors);
    }

    /** @param configFile a file with options of CRIU's that win over these */
    static CheckpointPlan of(ContainerState state, CheckpointRequest request, Optional<String> configFile, Found found) {
        CgroupPaths cgroups = new CgroupPaths(state.cgroups());
        CriuOptions options = CriuOptions.NONE
                .with(CriuOption.LOG_LEVEL, LOG_LEVEL)
                .with(CriuOption.LOG_FILE, LOG)
                .with(CriuOption.PID, state.pid())
                .with(CriuOption.ROOT, state.rootfs())
                .with(CriuOption.NOTIFY_SCRIPTS, true)
                .with(CriuOption.ORPHAN_PTS_MASTER, true)
                .with(CriuOption.MANAGE_CGROUPS, true)
                .with(CriuOption.MANAGE_CGROUPS_MODE, CgroupsMode.DEFAULT.number)
                // As runc: interfaces are for who makes them, CNI or a hook.
                .with(CriuOption.EMPTY_NS, (int) ProcessFlags.CLONE_NEWNET)
                .withIfPresent(CriuOption.FREEZE_CGROUP, cgroups.v1With("freezer").or(cgroups::unified))
                .withIfPresent(CriuOption.CONFIG_FILE, configFile)
                .withIfPresent(CriuOption.PARENT_IMG, request.images().parent())
                .with(request.options());
        if (request.images().parent().isPresent() || request.preDump()) {
            options = options.with(CriuOption.TRACK_MEM, true);
        }
        List<String> external = new ArrayList<>();
        for (Found.Joined joined : found.namespaces()) {
            external.add(ExternalNamespace.atCheckpoint(joined.kind(), joined.inode()));
        }
        List<String> descriptors = List.of();
        if (!request.preDump()) {
            external(found.mounts(), found.hosts(), (state.namespaces() & ProcessFlags.CLONE_NEWCGROUP) != 0)
                    .forEach(mount -> external.add("mnt[" + mount + "]:" + mount));
            for (StandardStream stream : found.streams()) {
                if (stream.isOfHost(found.mounts())) {
                    external.add(stream.key(found.mounts()).orElseThrow());
                }
            }
            descriptors = StandardStream.names(found.streams(), found.mounts());
        }
        if (!external.isEmpty()) {
            options = options.with(CriuOption.EXTERNAL, external.stream().distinct().toList());
        }
        return new CheckpointPlan(request.preDump() ? CriuRequest.Type.PRE_DUMP : CriuRequest.Type.DUMP, options, descriptors);
    }

    /**
     * The places of mounts that come from the host: their file system is mounted there, too, or is of a kind that the container cannot have
     * mounted by itself. A file system that the kernel has once for all is the container's where the whole of it is mounted.
     */
    static List<String> external(List<MountInfo> container, List<MountInfo> host, boolean cgroupNamespace) {
        Set<String> hosts = new HashSet<>();
        host.forEach(mount -> hosts.add(mount.device()));
        Set<String> own = new HashSet<>();
        for (MountInfo mount : container) {
            if (KERNELS.contains(mount.type()) && (mount.root().equals("/") || mount.type().equals("cgroup2"))) {
                own.add(mount.device());
            }
            if (mount.type().equals("cgroup") && cgroupNamespace) {
                own.add(mount.device());
            }
        }
        List<String> external = new ArrayList<>();
        for (MountInfo mount : container) {
            if (!mount.mountPoint().equals("/") && hosts.contains(mount.device()) && !own.contains(mount.device())) {
                external.add(mount.mountPoint());
            }
        }
        return external;
    }
}
