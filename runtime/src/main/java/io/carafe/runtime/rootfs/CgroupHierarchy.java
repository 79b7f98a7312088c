package io.carafe.runtime.rootfs;

import io.carafe.runtime.rootfs.path.HostPath;

/**
 * One cgroup hierarchy of the host, as the container is to see it.
 *
 * @param controllers of version 1, as mount(8) has them: {@code cpu,cpuacct} or {@code name=systemd}; empty for version 2
 * @param mountPoint where the host has it; the last component is its name in the container, as {@code memory} or {@code unified}
 * @param path of the container's own cgroup, at or below the mount point; the child has joined it
 * @param callers where the container is if it has none of its own: who called may have been unable to make one
 */
public record CgroupHierarchy(String controllers, HostPath mountPoint, HostPath path, HostPath callers) {

    public boolean isVersion2() {
        return controllers.isEmpty();
    }
}
