package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.container.ContainerPlan;
import io.carafe.runtime.criu.CgroupsMode;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOption.CgroupRoot;
import io.carafe.runtime.criu.CriuOption.InheritFd;
import io.carafe.runtime.criu.CriuOption.JoinNamespace;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan.Joined;
import io.carafe.runtime.rootfs.Step;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.restore.RestoredTreePlan;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What CRIU is asked for at a restore.
 *
 * @param options all but what is known when its process has made the tree ready: {@link #with}
 * @param opened the namespaces whose descriptors CRIU inherits
 * @param tree what its process makes first
 * @param masks files that are hidden, maybe by a node of the host's
 */
record RestorePlan(CriuOptions options, List<Joined> opened, RestoredTreePlan tree, List<ContainerPath> masks) {

    static final String LOG = "restore.log";

    RestorePlan {
        opened = List.copyOf(opened);
        masks = List.copyOf(masks);
    }

    /** @throws SpecException for what CRIU cannot restore */
    static RestorePlan of(ContainerPlan plan, RestoreRequest request, Optional<String> configFile) {
        CriuOptions options = CriuOptions.NONE
                .with(CriuOption.LOG_LEVEL, CheckpointPlan.LOG_LEVEL)
                .with(CriuOption.LOG_FILE, LOG)
                .with(CriuOption.EVASIVE_DEVICES, true)
                .with(CriuOption.RST_SIBLING, true)
                .with(CriuOption.NOTIFY_SCRIPTS, true)
                .with(CriuOption.ORPHAN_PTS_MASTER, true)
                .with(CriuOption.MANAGE_CGROUPS, true)
                .with(CriuOption.MANAGE_CGROUPS_MODE, (plan.cgroup().paths().isEmpty() ? CgroupsMode.IGNORE : CgroupsMode.DEFAULT).number)
                .with(CriuOption.EMPTY_NS, (int) ProcessFlags.CLONE_NEWNET)
                .withIfPresent(CriuOption.CONFIG_FILE, configFile)
                .with(request.options());
        List<Joined> opened = new ArrayList<>();
        List<JoinNamespace> joined = new ArrayList<>();
        for (Joined namespace : plan.init().namespaces().joined()) {
            if (ExternalNamespace.KINDS.contains(namespace.kind())) {
                opened.add(namespace);
            } else if (namespace.kind() == NamespaceKind.CGROUP) {
                throw new SpecException(namespace.property(), "CRIU restores no container into a cgroup namespace that is there");
            } else {
                joined.add(new JoinNamespace(namespace.kind().file(), namespace.path()));
            }
        }
        if (!joined.isEmpty()) {
            options = options.with(CriuOption.JOIN_NS, joined);
        }
        List<ContainerPath> masks = new ArrayList<>();
        for (Step step : plan.init().rootfs().finish()) {
            if (step instanceof Step.Mask) {
                masks.add(((Step.Mask) step).at());
            }
        }
        return new RestorePlan(options, opened, RestoredTreePlan.of(plan.init().rootfs()), masks);
    }

    /**
     * A bind whose ends are known.
     *
     * @param at in the container, without links
     * @param source on the host, likewise
     * @param recursive with what is mounted below it
     */
    record Bind(String at, String source, boolean recursive) {
    }

    /**
     * The whole request.
     *
     * @param root as CRIU's process sees it
     * @param hosts all mounts of the host
     * @param cgroups that CRIU's process is in
     * @param inherited descriptors by the names of what they are
     */
    CriuOptions with(String root, List<Bind> binds, List<MountInfo> hosts, List<ProcessCgroup> cgroups, Map<String, Integer> inherited) {
        Set<String> external = new LinkedHashSet<>();
        for (Bind bind : binds) {
            external.add("mnt[" + bind.at() + "]:" + bind.source());
            for (MountInfo host : bind.recursive() ? hosts : List.<MountInfo>of()) {
                String below = below(bind.source(), host.mountPoint());
                if (!below.isEmpty()) {
                    external.add("mnt[" + (bind.at().equals("/") ? "" : bind.at()) + below + "]:" + host.mountPoint());
                }
            }
        }
        masks.forEach(mask -> external.add("mnt[" + mask + "]:/dev/null"));
        // What runc calls its masks at a checkpoint.
        external.add("mnt[/dev/null]:/dev/null");
        List<InheritFd> fds = new ArrayList<>();
        inherited.forEach((key, number) -> fds.add(new InheritFd(key, number)));
        List<CgroupRoot> roots = new ArrayList<>();
        cgroups.forEach(cgroup -> roots.add(new CgroupRoot(String.join(",", cgroup.controllers()), cgroup.path())));
        return options.with(CriuOption.ROOT, root)
                .with(CriuOption.EXTERNAL, List.copyOf(external))
                .with(CriuOption.INHERIT_FD, fds)
                .with(CriuOption.CG_ROOT, roots);
    }

    /** The rest of a path with a slash in front; empty where it is not below. */
    private static String below(String directory, String path) {
        String prefix = directory.equals("/") ? "" : directory;
        return path.length() > prefix.length() + 1 && path.startsWith(prefix + "/") ? path.substring(prefix.length()) : "";
    }
}
