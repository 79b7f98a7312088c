package io.carafe.conformance.suite.linux.applied;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;

/**
 * A file of the cgroup in which a container's process is.
 *
 * @param controller as v1 names it
 * @param v1 its name there
 * @param v2 its name there; empty where there is none
 */
record CgroupFile(String controller, String v1, String v2) {

    static CgroupFile of(String controller, String v1, String v2) {
        return new CgroupFile(controller, v1, v2);
    }

    /** The controller is in the tree of v2, or nowhere. */
    boolean isUnified(Container container) {
        return hierarchy(container).isEmpty();
    }

    String name(Container container) {
        return isUnified(container) ? v2 : v1;
    }

    boolean isThere(Container container) {
        String top = isUnified(container) ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + hierarchy(container);
        return !name(container).isEmpty() && container.sandbox().sh("test -e " + top + "/" + name(container)).succeeded();
    }

    /** Skips the test where this host has no such file. */
    void needed(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        Expect.needs(isThere(container), "this host's cgroups have no file " + (isUnified(container) && v2.isEmpty() ? v1 : name(container)));
    }

    /** What it says once the container runs. */
    String read(Container container) {
        needed(container);
        container.running();
        return again(container);
    }

    String again(Container container) {
        String hierarchy = hierarchy(container);
        String path = isUnified(container) ? "$(sed -n 's/^0:://p' /proc/" + container.pid() + "/cgroup)"
                : "/" + hierarchy + "$(sed -n 's/^[0-9]*:" + hierarchy + "://p' /proc/" + container.pid() + "/cgroup)";
        return container.onHost("cat \"/sys/fs/cgroup" + path + "/" + name(container) + "\"");
    }

    /** The v1 hierarchy with the controller, which may have others as well; empty when there is none. */
    private String hierarchy(Container container) {
        return container.sandbox().hierarchies().stream().filter(name -> java.util.List.of(name.split(",")).contains(controller)).findFirst().orElse("");
    }
}
