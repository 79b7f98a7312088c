package io.carafe.conformance.suite.linux.cgroup;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Resources {

    @Test
    @Tag("config-linux.resources.devices.order")
    void a_later_rule_that_denies_wins(Container container) {
        Expect.contains(opened(container, true, false), "Operation not permitted", "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.order")
    void a_later_rule_that_allows_wins(Container container) {
        Expect.lacks(opened(container, false, true), "Operation not permitted", "what opening the device says");
    }

    /** What cat says of a device that nobody has, so that opening it fails in another way when it is allowed. */
    private static String opened(Container container, boolean first, boolean second) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        for (boolean allow : new boolean[] {first, second}) {
            container.with("/linux/resources/devices/-", object("allow", allow, "type", "c", "major", 10, "minor", 250, "access", "rw"));
        }
        container.onHost("mknod " + container.rootfs() + "/odd c 10 250");
        return container.script("cat /odd 2>&1; echo tried").output();
    }

    @Test
    @Tag("config-linux.resources.pids.zero")
    void a_limit_of_0_pids_is_a_limit(Container container) {
        String directory = container.sandbox().hierarchies().contains("pids") ? "/sys/fs/cgroup/pids/conformance/" : "/sys/fs/cgroup/conformance/";
        Expect.needs(container.sandbox().hierarchies().contains("pids") || controllers(container).contains("pids"), "no pids controller");
        container.with("/linux/resources/pids", object("limit", 0)).created();
        Expect.equal("0", container.onHost("cat " + directory + container.id() + "/pids.max"), "pids.max");
    }

    @Test
    @Tag("config-linux.resources.unified.controllers")
    void controllers_that_unified_needs_are_enabled(Container container) {
        Expect.needsV2(container);
        String key = controllers(container).contains("pids") ? "pids.max" : "hugetlb.2MB.max";
        Expect.needs(controllers(container).contains(key.substring(0, key.indexOf('.'))), "the cgroup2 tree has neither pids nor hugetlb");
        Expect.equal("2097152", unified(container, key, "2097152"), key);
    }

    @Test
    @Tag("config-linux.resources.unified.unknown")
    void an_unknown_key_is_written(Container container) {
        Expect.needsV2(container);
        Expect.equal("7", unified(container, "cgroup.max.descendants", "7"), "cgroup.max.descendants");
    }

    private static String unified(Container container, String key, String value) {
        container.with("/linux/resources/unified", Map.of(key, value)).running();
        return container.onHost("cat /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/" + container.pid() + "/cgroup)/" + key);
    }

    @Test
    @Tag("config-linux.resources.unified.absent-controller")
    void a_key_of_an_absent_controller_is_an_error(Container container) {
        Expect.needsV2(container);
        Expect.isRefused(container.with("/linux/resources/unified", Map.of("nosuch.max", "7")));
    }

    @Test
    @Tag("config-linux.resources.unified.no-conversion")
    void a_value_for_v1_alone_is_an_error_on_v2(Container container) {
        Expect.needsV2(container);
        Expect.needs(controllers(container).contains("memory"), "the cgroup2 tree has no memory controller");
        Expect.isRefused(container.with("/linux/resources/memory", object("swappiness", 50)));
    }

    private static List<String> controllers(Container container) {
        return List.of(container.onHost("cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null").split(" "));
    }
}
