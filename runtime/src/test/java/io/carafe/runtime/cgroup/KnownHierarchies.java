package io.carafe.runtime.cgroup;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import java.util.List;
import java.util.Optional;

/** Hosts for plans that are to be the same on every machine. */
public final class KnownHierarchies {

    private KnownHierarchies() {
    }

    /** All controllers on v1, and a unified tree beside them. */
    public static Hierarchies hybrid() {
        return new Hierarchies(List.of(v1("cpuset"), v1("cpu", "cpuacct"), v1("blkio"), v1("memory"), v1("devices"), v1("freezer"),
                v1("net_cls", "net_prio"), v1("hugetlb"), v1("pids"), v1("rdma"), v1("name=systemd")),
                Optional.of(new Hierarchy(2, List.of(), "/sys/fs/cgroup/unified", "/")), List.of("2MB", "1GB"));
    }

    private static Hierarchy v1(String... controllers) {
        return new Hierarchy(1, List.of(controllers), "/sys/fs/cgroup/" + String.join(",", controllers), "/");
    }

    /** cgroup v2 alone. */
    public static Hierarchies v2() {
        return new Hierarchies(List.of(), Optional.of(new Hierarchy(2, List.of("cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"),
                "/sys/fs/cgroup", "/user.slice")), List.of("2MB", "1GB"));
    }
}
