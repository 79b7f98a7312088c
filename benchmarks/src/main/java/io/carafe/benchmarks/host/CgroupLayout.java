package io.carafe.benchmarks.host;

import io.carafe.linux.proc.MountInfo;
import java.util.List;

/** How the hierarchies of cgroups(7) are mounted on this host. */
public enum CgroupLayout {
    V2("v2"),
    HYBRID("v1, hybrid"),
    V1("v1"),
    NONE("none");

    static final String ROOT = "/sys/fs/cgroup";

    public final String text;

    CgroupLayout(String text) {
        this.text = text;
    }

    /** @param mounts in the order of mountinfo: what comes later covers what was there */
    public static CgroupLayout of(List<MountInfo> mounts) {
        boolean v1 = false;
        boolean unified = false;
        boolean v2 = false;
        for (MountInfo mount : mounts) {
            if (mount.mountPoint().equals(ROOT)) {
                v2 = mount.type().equals("cgroup2");
                v1 = false;
                unified = false;
            } else if (mount.mountPoint().startsWith(ROOT + "/")) {
                v1 |= mount.type().equals("cgroup");
                unified |= mount.type().equals("cgroup2");
            }
        }
        if (v2) {
            return V2;
        }
        return v1 ? unified ? HYBRID : V1 : NONE;
    }
}
