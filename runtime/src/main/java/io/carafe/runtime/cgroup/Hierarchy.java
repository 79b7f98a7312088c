package io.carafe.runtime.cgroup;

import java.util.List;

/**
 * One mounted tree of cgroups (cgroups(7)).
 *
 * @param version 1, or 2 for the unified tree
 * @param controllers of v1 those that are mounted together, or one {@code name=…}; of v2 those that its root offers
 * @param mountPoint where it is mounted on the host
 * @param own the caller's cgroup in it, from the mount point, as {@code /} or {@code /user/1000}
 */
record Hierarchy(int version, List<String> controllers, String mountPoint, String own) {

    /** The label of the unified tree. A v1 hierarchy of that name would be {@code name=unified}. */
    static final String UNIFIED = "unified";

    Hierarchy {
        controllers = List.copyOf(controllers);
    }

    /** Its name in a state file: the controllers as /proc/self/cgroup prints them, or {@code unified}. */
    String label() {
        return isUnified() ? UNIFIED : String.join(",", controllers);
    }

    boolean isUnified() {
        return version == 2;
    }
}
