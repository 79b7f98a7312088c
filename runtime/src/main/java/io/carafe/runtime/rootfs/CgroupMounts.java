package io.carafe.runtime.rootfs;

import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a mount of type {@code cgroup} or {@code cgroup2} becomes on this host.
 *
 * <p>On a host with version 2 alone both mean its one tree. Elsewhere {@code cgroup} is a tmpfs with a directory for each
 * hierarchy of version 1, if there is any, and a link for each controller that shares one. The unified tree of a hybrid is not among them, as in runc and
 * crun: a systemd inside would take it for its own. {@code cgroup2} there shows the container's own cgroup in it, with a cgroup namespace
 * or without.
 *
 * <p>A hierarchy of version 1 is a bind of the container's own cgroup, with a cgroup namespace or without: inside a cgroup
 * namespace it looks the same as a new mount (mountinfo shows {@code /} for both) and takes half the time. Version 2 without a
 * cgroup namespace is a bind of the host's tree, because a new mount of it waits for an RCU grace period.
 */
final class CgroupMounts {

    private static final MountOptions FRAME = MountOptions.parse(List.of("nosuid", "noexec", "nodev", "mode=755"));

    private final String property;
    private final ContainerPath at;
    private final List<CgroupHierarchy> hierarchies;
    private final boolean cgroupNamespace;
    private final MountOptions options;

    /**
     * @param property of the mount, for complaints
     * @param cgroupNamespace whether the container has one of its own
     * @param userNamespace the same; without the other, what is seen is the host's, and so read-only (CVE-2023-25809)
     */
    CgroupMounts(String property, ContainerPath at, MountOptions options, List<CgroupHierarchy> hierarchies,
            boolean cgroupNamespace, boolean userNamespace) {
        this.property = property;
        this.at = at;
        this.hierarchies = hierarchies;
        this.cgroupNamespace = cgroupNamespace;
        this.options = userNamespace && !cgroupNamespace ? options.readOnly() : options;
    }

    List<Step> plan(String type) {
        Optional<CgroupHierarchy> version2 = Optional.empty();
        boolean version1 = false;
        for (CgroupHierarchy hierarchy : hierarchies) {
            if (hierarchy.isVersion2()) {
                version2 = Optional.of(hierarchy);
            } else {
                version1 = true;
            }
        }
        if (type.equals("cgroup") && (version1 || version2.isEmpty())) {
            return version1();
        }
        return List.of(version2(version2.orElseThrow(() -> new SpecException(property + ".type", "this host has no cgroup2 file system mounted on /sys/fs/cgroup or below")),
                version1));
    }

    private Step version2(CgroupHierarchy hierarchy, boolean hybrid) {
        if (cgroupNamespace) {
            return new Step.NewFileSystem(at, "cgroup2", "cgroup", options, false, false, false, Optional.of(own(at, hierarchy)));
        }
        return hybrid ? own(at, hierarchy)
                : new Step.Bind(at, hierarchy.mountPoint(), options.withData(List.of()).asBind(), false, false, Optional.empty());
    }

    private Step.Bind own(ContainerPath at, CgroupHierarchy hierarchy) {
        return new Step.Bind(at, hierarchy.path(), options.withData(List.of()).asBind(), false, false, Optional.of(hierarchy.callers()));
    }

    private List<Step> version1() {
        List<Step> steps = new ArrayList<>();
        boolean readOnly = options.isReadOnly();
        steps.add(new Step.NewFileSystem(at, "tmpfs", "cgroup", FRAME, false, false, readOnly, Optional.empty()));
        List<Step> links = new ArrayList<>();
        for (CgroupHierarchy hierarchy : hierarchies) {
            if (hierarchy.isVersion2()) {
                continue;
            }
            String name = hierarchy.mountPoint().name();
            steps.add(own(at.child(name), hierarchy));
            for (String controller : hierarchy.controllers().split(",")) {
                if (!controller.isEmpty() && !controller.startsWith("name=") && !controller.equals(name)) {
                    links.add(new Step.Link(at.child(controller), name, false, Optional.empty()));
                }
            }
        }
        steps.addAll(links);
        if (readOnly) {
            steps.add(new Step.ReadOnlyMount(at));
        }
        return steps;
    }
}
