package io.carafe.conformance.suite.linux.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel enforces the limits: a program that exceeds one is killed, refused or throttled. */
class LimitsEnforced {

    private static final long MIB = 1 << 20;

    @Test
    @Tag("config-linux.resources.memory.limit.enforced")
    void a_program_beyond_its_memory_is_killed(Container container) {
        CgroupFile.of("memory", "memory.limit_in_bytes", "memory.max").needed(container);
        container.with("/linux/resources/memory", object("limit", 16 * MIB, "swap", 16 * MIB));
        String output = container.script("dd if=/dev/zero of=/dev/null bs=96M count=1 2>/dev/null; echo status $?").output();
        Expect.contains(output, "status 137", "how a program with 96 MiB ends");
    }

    @Test
    @Tag("config-linux.resources.pids.limit.enforced")
    void a_program_beyond_its_pids_makes_no_process(Container container) {
        CgroupFile.of("pids", "pids.max", "pids.max").needed(container);
        container.with("/linux/resources/pids", object("limit", 6));
        String output = container.script("for i in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done 2>&1; echo 2>&1").output();
        Expect.contains(output, "Resource temporarily unavailable", "what the shell says");
    }

    @Test
    @Tag("config-linux.resources.cpu.quota.enforced")
    void a_program_beyond_its_quota_is_throttled(Container container) {
        CgroupFile statistics = CgroupFile.of("cpu", "cpu.stat", "cpu.stat");
        CgroupFile.of("cpu", "cpu.cfs_quota_us", "cpu.max").needed(container);
        container.with("/linux/resources/cpu", object("quota", 5_000, "period", 20_000)).script("while true; do true; done").created().started();
        Expect.eventually(container, () -> statistics.again(container).lines().anyMatch(line -> line.matches("nr_throttled [1-9]\\d*")),
                "a program that is always busy has never been throttled");
    }

    @Test
    @Tag("config-linux.resources.devices.type.applied")
    void a_rule_for_block_devices_is_none_for_others(Container container) {
        Expect.contains(opened(container, "c", object("allow", true, "type", "b", "major", 10, "minor", 250, "access", "rwm")), "Operation not permitted",
                "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.numbers.applied")
    void a_rule_for_another_device_is_none_for_this(Container container) {
        Expect.contains(opened(container, "c", object("allow", true, "type", "c", "major", 10, "minor", 249, "access", "rwm")),
                "Operation not permitted", "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.numbers.applied")
    void a_rule_without_a_minor_is_for_all_of_them(Container container) {
        Expect.lacks(opened(container, "c", object("allow", true, "type", "c", "major", 10, "access", "rwm")), "Operation not permitted",
                "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.access.applied")
    void a_rule_for_writing_is_none_for_reading(Container container) {
        Expect.contains(opened(container, "c", object("allow", true, "type", "c", "major", 10, "minor", 250, "access", "w")),
                "Operation not permitted", "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.type.applied")
    void a_rule_for_character_devices_is_for_one(Container container) {
        Expect.lacks(opened(container, "c", object("allow", true, "type", "c", "major", 10, "minor", 250, "access", "rwm")), "Operation not permitted",
                "what opening the device says");
    }

    @Test
    @Tag("config-linux.resources.devices.access.applied")
    void a_rule_for_reading_is_for_reading(Container container) {
        Expect.lacks(opened(container, "c", object("allow", true, "type", "c", "major", 10, "minor", 250, "access", "r")), "Operation not permitted",
                "what opening the device says");
    }

    private static String opened(Container container, String type, Object rule) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        Expect.needsRoot(container);
        container.with("/linux/resources/devices", List.of(object("allow", false, "access", "rwm"), rule));
        container.onHost("mknod " + container.rootfs() + "/odd " + type + " 10 250");
        return container.script("cat /odd 2>&1; echo tried").output();
    }
}
