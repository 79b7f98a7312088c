package io.carafe.conformance.suite.linux.applied;

import static io.carafe.conformance.json.Json.object;
import static io.carafe.conformance.suite.linux.applied.CgroupFile.of;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** linux.resources, as the files of the container's cgroup have them. */
class LimitsApplied {

    private static final long MIB = 1 << 20;

    @Test
    @Tag("config-linux.resources.memory.limit.applied")
    void the_limit_of_memory_is_that_of_the_cgroup(Container container) {
        is(container, "memory", object("limit", 64 * MIB), of("memory", "memory.limit_in_bytes", "memory.max"), 64 * MIB);
    }

    @Test
    @Tag("config-linux.resources.memory.reservation.applied")
    void the_reservation_of_memory_is_that_of_the_cgroup(Container container) {
        is(container, "memory", object("reservation", 32 * MIB), of("memory", "memory.soft_limit_in_bytes", "memory.low"), 32 * MIB);
    }

    @Test
    @Tag("config-linux.resources.memory.swap.applied")
    void the_limit_of_memory_and_swap_is_that_of_the_cgroup(Container container) {
        CgroupFile file = of("memory", "memory.memsw.limit_in_bytes", "memory.swap.max");
        // On v2 swap is counted alone.
        is(container, "memory", object("limit", 64 * MIB, "swap", 96 * MIB), file, file.isUnified(container) ? 32 * MIB : 96 * MIB);
    }

    @Test
    @Tag("config-linux.resources.memory.kernelTCP.applied")
    void the_limit_of_TCP_buffers_is_that_of_the_cgroup(Container container) {
        is(container, "memory", object("kernelTCP", 16 * MIB), of("memory", "memory.kmem.tcp.limit_in_bytes", ""), 16 * MIB);
    }

    @Test
    @Tag("config-linux.resources.memory.swappiness.applied")
    void the_swappiness_is_that_of_the_cgroup(Container container) {
        is(container, "memory", object("swappiness", 17), of("memory", "memory.swappiness", ""), 17);
    }

    @Test
    @Tag("config-linux.resources.memory.disableOOMKiller.applied")
    void the_killer_is_disabled_for_the_cgroup(Container container) {
        CgroupFile file = of("memory", "memory.oom_control", "");
        container.with("/linux/resources/memory", object("limit", 64 * MIB, "disableOOMKiller", true));
        Expect.contains(file.read(container), "oom_kill_disable 1", "memory.oom_control");
    }

    @Test
    @Tag("config-linux.resources.memory.useHierarchy.applied")
    void memory_is_counted_with_the_cgroups_below(Container container) {
        CgroupFile file = of("memory", "memory.use_hierarchy", "");
        file.needed(container);
        Expect.needs(container.onHost("cat /sys/fs/cgroup/memory/memory.use_hierarchy").equals("0"),
                "the kernel counts memory with the cgroups below in any case (Linux 5.11 and later)");
        is(container, "memory", object("useHierarchy", true), file, 1);
    }

    @Test
    @Tag("config-linux.resources.cpu.shares.applied")
    void the_shares_are_those_of_the_cgroup(Container container) {
        CgroupFile file = of("cpu", "cpu.shares", "cpu.weight");
        container.with("/linux/resources/cpu", object("shares", 4096));
        String seen = file.read(container);
        // The conversion to v2 is the runtime's own; more than by default it is in any.
        Expect.that(file.isUnified(container) ? Long.parseLong(seen) > 100 : seen.equals("4096"), "the shares are " + seen);
    }

    @Test
    @Tag("config-linux.resources.cpu.quota.applied")
    void the_quota_is_that_of_the_cgroup(Container container) {
        CgroupFile file = of("cpu", "cpu.cfs_quota_us", "cpu.max");
        container.with("/linux/resources/cpu", object("quota", 30_000, "period", 50_000));
        Expect.equal(file.isUnified(container) ? "30000 50000" : "30000", file.read(container), "the quota");
    }

    @Test
    @Tag("config-linux.resources.cpu.period.applied")
    void the_period_is_that_of_the_cgroup(Container container) {
        CgroupFile file = of("cpu", "cpu.cfs_period_us", "cpu.max");
        container.with("/linux/resources/cpu", object("quota", 30_000, "period", 50_000));
        Expect.equal(file.isUnified(container) ? "30000 50000" : "50000", file.read(container), "the period");
    }

    @Test
    @Tag("config-linux.resources.cpu.burst.applied")
    void the_burst_is_that_of_the_cgroup(Container container) {
        is(container, "cpu", object("quota", 30_000, "period", 50_000, "burst", 20_000), of("cpu", "cpu.cfs_burst_us", "cpu.max.burst"), 20_000);
    }

    @Test
    @Tag("config-linux.resources.cpu.realtimePeriod.applied")
    void the_real_time_period_is_that_of_the_cgroup(Container container) {
        is(container, "cpu", object("realtimePeriod", 500_000), of("cpu", "cpu.rt_period_us", ""), 500_000);
    }

    @Test
    @Tag("config-linux.resources.cpu.realtimeRuntime.applied")
    void the_real_time_runtime_is_that_of_the_cgroup(Container container) {
        CgroupFile file = of("cpu", "cpu.rt_runtime_us", "");
        file.needed(container);
        Expect.needs(container.sandbox().sh("echo 50000 >/sys/fs/cgroup/cpu/cpu.rt_runtime_us").succeeded(), "no real time may be given to a cgroup here");
        container.sandbox().sh("mkdir -p /sys/fs/cgroup/cpu/conformance; echo 50000 >/sys/fs/cgroup/cpu/conformance/cpu.rt_runtime_us");
        is(container, "cpu", object("realtimePeriod", 1_000_000, "realtimeRuntime", 10_000), file, 10_000);
    }

    @Test
    @Tag("config-linux.resources.cpu.idle.applied")
    void the_cgroup_is_idle(Container container) {
        is(container, "cpu", object("idle", 1), of("cpu", "cpu.idle", "cpu.idle"), 1);
    }

    @Test
    @Tag("config-linux.resources.cpu.cpus.applied")
    void the_processors_are_those_of_the_cgroup(Container container) {
        of("cpuset", "cpuset.cpus", "cpuset.cpus").needed(container);
        container.with("/linux/resources/cpu", object("cpus", "0"));
        Expect.equal("0", container.args("sed", "-n", "s/^Cpus_allowed_list:[ \t]*//p", "/proc/self/status").output().strip(), "the processors");
    }

    @Test
    @Tag("config-linux.resources.cpu.mems.applied")
    void the_memory_nodes_are_those_of_the_cgroup(Container container) {
        CgroupFile file = of("cpuset", "cpuset.mems", "cpuset.mems");
        file.needed(container);
        String nodes = container.onHost("cat /sys/fs/cgroup/cpuset/cpuset.effective_mems /sys/fs/cgroup/cpuset.mems.effective 2>/dev/null").lines()
                .findFirst().orElse("");
        Expect.needs(file.isUnified(container) || !nodes.equals("0"), "there is one memory node only, which each cgroup has");
        is(container, "cpu", object("mems", "0"), file, 0);
    }

    @Test
    @Tag("config-linux.resources.pids.limit.applied")
    void the_limit_of_pids_is_that_of_the_cgroup(Container container) {
        is(container, "pids", object("limit", 77), of("pids", "pids.max", "pids.max"), 77);
    }

    @Test
    @Tag("config-linux.resources.hugepageLimits.applied")
    void the_limit_of_huge_pages_is_that_of_the_cgroup(Container container) {
        CgroupFile file = of("hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max");
        CgroupFile reserved = of("hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", "hugetlb.2MB.rsvd.max");
        file.needed(container);
        container.with("/linux/resources/hugepageLimits", List.of(object("pageSize", "2MB", "limit", 8 * MIB)));
        // The specification of 1.1 and later asks for the reservations, where the kernel has them.
        Expect.equal(Long.toString(8 * MIB), (reserved.isThere(container) ? reserved : file).read(container), "the limit of pages of 2MB");
    }

    @Test
    @Tag("config-linux.resources.network.classID.applied")
    void the_class_of_packets_is_that_of_the_cgroup(Container container) {
        is(container, "network", object("classID", 1_048_577), of("net_cls", "net_cls.classid", ""), 1_048_577);
    }

    @Test
    @Tag("config-linux.resources.network.priorities.applied")
    void the_priorities_of_packets_are_those_of_the_cgroup(Container container) {
        CgroupFile file = of("net_prio", "net_prio.ifpriomap", "");
        container.with("/linux/resources/network", object("priorities", List.of(object("name", "lo", "priority", 5))));
        Expect.contains(file.read(container), "lo 5", "net_prio.ifpriomap");
    }

    @Test
    @Tag("config-linux.resources.rdma.applied")
    void the_limits_of_rdma_are_those_of_the_cgroup(Container container) {
        CgroupFile file = of("rdma", "rdma.max", "rdma.max");
        file.needed(container);
        String device = container.onHost("ls /sys/class/infiniband 2>/dev/null").lines().findFirst().orElse("");
        Expect.needs(!device.isEmpty(), "the host has no RDMA device");
        container.with("/linux/resources/rdma", Map.of(device, object("hcaHandles", 3, "hcaObjects", 1000)));
        Expect.contains(file.read(container), device + " hca_handle=3 hca_object=1000", "rdma.max");
    }

    @Test
    @Tag("config-linux.resources.unified.applied")
    void the_files_of_unified_have_their_values(Container container) {
        Expect.needsV2(container);
        container.with("/linux/resources/unified", Map.of("cgroup.max.depth", "5")).running();
        Expect.equal("5", container.onHost("cat /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/" + container.pid() + "/cgroup)/cgroup.max.depth"),
                "cgroup.max.depth");
    }

    private static void is(Container container, String resource, Map<String, Object> limits, CgroupFile file, long expected) {
        file.needed(container);
        container.with("/linux/resources/" + resource, limits);
        Expect.equal(Long.toString(expected), file.read(container), file.name(container) + " with " + Json.write(limits));
    }
}
