package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.runtime.cgroup.limit.Write;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.HugepageLimit;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Network;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Rdma;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.resources.ThrottleDevice;
import io.carafe.spec.resources.WeightDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would be made and written, as tables: no kernel is asked. */
class CgroupPlanTest {

    private static final String ROOT = "/sys/fs/cgroup";

    private static Hierarchy v1(String controllers, String own) {
        return new Hierarchy(1, List.of(controllers.split(",")), ROOT + "/" + controllers.replace("name=", ""), own);
    }

    /** As systemd mounts v1, with the caller in a cgroup of its own. */
    private static final Hierarchies HYBRID = new Hierarchies(
            List.of(v1("cpu,cpuacct", "/user"), v1("cpuset", "/"), v1("memory", "/user/1"), v1("devices", "/"), v1("pids", "/user"),
                    v1("blkio", "/"), v1("net_cls,net_prio", "/"), v1("name=systemd", "/user")),
            Optional.of(new Hierarchy(2, List.of("hugetlb"), ROOT + "/unified", "/user")));
    private static final Hierarchies V2 = new Hierarchies(List.of(), Optional.of(
            new Hierarchy(2, List.of("cpuset", "cpu", "io", "memory", "pids"), ROOT, "/user.slice/session-1.scope")));
    private static final Hierarchies NONE = new Hierarchies(List.of(), Optional.empty());

    private static CgroupPlan plan(Hierarchies host, Resources resources) {
        return CgroupPlan.of(Optional.empty(), Optional.of(resources), "web", host);
    }

    private static Map<String, String> directories(CgroupPlan plan) {
        Map<String, String> directories = new LinkedHashMap<>();
        plan.places().forEach(place -> directories.put(place.hierarchy().label(), place.directory()));
        return directories;
    }

    /** {@code file=text} of everything but devices, in order. */
    private static List<String> writes(Hierarchies host, Resources resources) {
        List<String> writes = new ArrayList<>();
        for (CgroupPlan.Place place : plan(host, resources).places()) {
            for (Write write : place.writes()) {
                if (!write.file().startsWith("devices.")) {
                    write.texts().forEach(text -> writes.add(write.file() + "=" + text));
                }
            }
        }
        return writes;
    }

    private static String refusal(Hierarchies host, Resources resources) {
        return assertThrows(SpecException.class, () -> plan(host, resources)).getMessage();
    }

    private static Resources memory(UnaryOperator<Memory> with) {
        return Resources.EMPTY.withMemory(with.apply(Memory.EMPTY));
    }

    private static Resources cpu(UnaryOperator<Cpu> with) {
        return Resources.EMPTY.withCpu(with.apply(Cpu.EMPTY));
    }

    private static OptionalLong value(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    @Test
    void without_a_path_the_id_is_below_the_callers_own_cgroup_in_each_v1_hierarchy() {
        assertEquals(Map.of("cpu,cpuacct", ROOT + "/cpu,cpuacct/user/web", "cpuset", ROOT + "/cpuset/web",
                "memory", ROOT + "/memory/user/1/web",
                "devices", ROOT + "/devices/web", "pids", ROOT + "/pids/user/web", "blkio", ROOT + "/blkio/web",
                "net_cls,net_prio", ROOT + "/net_cls,net_prio/web", "name=systemd", ROOT + "/systemd/user/web",
                "unified", ROOT + "/unified/user/web"), directories(plan(HYBRID, Resources.EMPTY)));
    }

    @Test
    void with_v2_alone_the_id_is_beside_the_callers_own_cgroup() {
        assertEquals(Map.of("unified", ROOT + "/user.slice/web"), directories(plan(V2, Resources.EMPTY)));
    }

    @ParameterizedTest
    @CsvSource({
        "/pods/a,        /memory/pods/a",
        "//pods/./a/,    /memory/pods/a",
        "pods/a,         /memory/user/1/pods/a",
        "'',             /memory/user/1/web",
        "system.slice:carafe:web, /memory/user/1/system.slice:carafe:web",
    })
    void a_path_is_absolute_from_the_root_or_relative_to_the_callers_own_cgroup(String asked, String directory) {
        CgroupPlan plan = CgroupPlan.of(Optional.of(asked), Optional.empty(), "web", HYBRID);
        assertEquals(ROOT + directory, directories(plan).get("memory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../web", "/a/../../web", "a/..", "/", ".", "a\nb", "a\0b"})
    void a_path_that_leads_outside_or_breaks_lines_is_refused(String path) {
        SpecException refused = assertThrows(SpecException.class, () -> CgroupPlan.of(Optional.of(path), Optional.empty(), "web", HYBRID));
        assertEquals("linux.cgroupsPath", refused.path());
    }

    @Test
    void only_a_container_without_path_and_limits_may_go_without_a_cgroup() {
        assertTrue(CgroupPlan.of(Optional.empty(), Optional.empty(), "web", V2).isOptional());
        assertFalse(CgroupPlan.of(Optional.of("web"), Optional.empty(), "web", V2).isOptional());
        assertFalse(plan(V2, Resources.EMPTY.withPids(Pids.of(5))).isOptional());
    }

    @ParameterizedTest(name = "memory {0}, {1} with swap, reservation {2}")
    @CsvSource({
        "100, ,    ,   memory.limit_in_bytes=100,                                  memory.max=100",
        "-1,  ,    ,   memory.limit_in_bytes=-1 memory.memsw.limit_in_bytes=-1,    memory.max=max memory.swap.max=max",
        "0,   ,    ,   '',                                                         ''",
        "100, 300, ,   memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=300,  memory.max=100 memory.swap.max=200",
        "100, 100, ,   memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=100,  memory.max=100 memory.swap.max=0",
        "100, -1,  ,   memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=-1,   memory.max=100 memory.swap.max=max",
        ",    -1,  ,   memory.memsw.limit_in_bytes=-1,                             memory.swap.max=max",
        ",    ,    50, memory.soft_limit_in_bytes=50,                              memory.low=50",
        ",    ,    -1, memory.soft_limit_in_bytes=-1,                              memory.low=max",
    })
    void memory_is_written_in_the_words_of_each_version(Long limit, Long swap, Long reservation, String v1, String v2) {
        Resources resources = memory(memory -> new Memory(value(limit), value(reservation), value(swap), memory.kernel(),
                memory.kernelTCP(), memory.swappiness(), memory.disableOOMKiller(), memory.useHierarchy(), memory.checkBeforeUpdate()));
        assertEquals(v1, String.join(" ", writes(HYBRID, resources)));
        assertEquals(v2, String.join(" ", writes(V2, resources)));
    }

    @ParameterizedTest
    @CsvSource({"-2, ", "100, 99", ", 100", "-1, 100", "100, -2"})
    void memory_that_makes_no_sense_is_refused(Long limit, Long swap) {
        for (Hierarchies host : List.of(HYBRID, V2)) {
            String line = refusal(host, memory(memory -> new Memory(value(limit), memory.reservation(), value(swap),
                    memory.kernel(), memory.kernelTCP(), memory.swappiness(), memory.disableOOMKiller(), memory.useHierarchy(),
                    memory.checkBeforeUpdate())));
            assertTrue(line.startsWith("linux.resources.memory." + (swap == null ? "limit: " : "swap: ")), line);
        }
    }

    @Test
    void kernel_memory_is_no_longer_a_limit_of_its_own_and_is_passed_over() {
        assertEquals(List.of(), writes(HYBRID, memory(memory -> new Memory(memory.limit(), memory.reservation(), memory.swap(),
                OptionalLong.of(5), memory.kernelTCP(), memory.swappiness(), memory.disableOOMKiller(), memory.useHierarchy(),
                memory.checkBeforeUpdate()))));
    }

    @ParameterizedTest
    @CsvSource({"6, memory.kmem.tcp.limit_in_bytes=6", "-1, memory.kmem.tcp.limit_in_bytes=-1", "0, ''"})
    void the_limit_of_tcp_buffers_is_v1s(long limit, String v1) {
        Resources resources = memory(memory -> new Memory(memory.limit(), memory.reservation(), memory.swap(), memory.kernel(),
                OptionalLong.of(limit), memory.swappiness(), memory.disableOOMKiller(), memory.useHierarchy(), memory.checkBeforeUpdate()));
        assertEquals(v1, String.join(" ", writes(HYBRID, resources)));
        if (limit > 0) {
            assertEquals("linux.resources.memory.kernelTCP: cgroup v2 has no such limit", refusal(V2, resources));
        } else {
            assertEquals(List.of(), writes(V2, resources));
        }
    }

    @Test
    void swappiness_and_the_oom_killer_are_v1s() {
        Resources resources = memory(memory -> new Memory(memory.limit(), memory.reservation(), memory.swap(), memory.kernel(),
                memory.kernelTCP(), OptionalLong.of(0), Optional.of(true), memory.useHierarchy(), memory.checkBeforeUpdate()));
        assertEquals(List.of("memory.swappiness=0", "memory.oom_control=1"), writes(HYBRID, resources));
        assertEquals("linux.resources.memory.swappiness: cgroup v2 has no such limit", refusal(V2, resources));
    }

    @ParameterizedTest(name = "cpu shares {0}, quota {1}, period {2}")
    @CsvSource({
        "1024, ,      ,      cpu.shares=1024,                                 cpu.weight=100",
        "2,    ,      ,      cpu.shares=2,                                    cpu.weight=1",
        "512,  ,      ,      cpu.shares=512,                                  cpu.weight=59",
        "262144, ,    ,      cpu.shares=262144,                               cpu.weight=10000",
        "0,    0,     0,     '',                                              ''",
        ",     50000, ,      cpu.cfs_quota_us=50000,                          cpu.max=50000 100000",
        ",     50000, 20000, cpu.cfs_period_us=20000 cpu.cfs_quota_us=50000,  cpu.max=50000 20000",
        ",     ,      20000, cpu.cfs_period_us=20000,                         cpu.max=max 20000",
        ",     -1,    ,      cpu.cfs_quota_us=-1,                             cpu.max=max 100000",
    })
    void cpu_time_is_written_in_the_words_of_each_version(Long shares, Long quota, Long period, String v1, String v2) {
        Resources resources = cpu(cpu -> new Cpu(value(shares), value(quota), cpu.burst(), value(period), cpu.realtimeRuntime(),
                cpu.realtimePeriod(), cpu.cpus(), cpu.mems(), cpu.idle()));
        assertEquals(v1, String.join(" ", writes(HYBRID, resources)));
        assertEquals(v2, String.join(" ", writes(V2, resources)));
    }

    @Test
    void burst_idle_and_realtime_follow_the_quota() {
        Resources resources = Resources.EMPTY.withCpu(new Cpu(OptionalLong.empty(), OptionalLong.of(5000), OptionalLong.of(1000),
                OptionalLong.empty(), OptionalLong.of(300), OptionalLong.of(400), Optional.empty(), Optional.empty(), OptionalLong.of(1)));
        assertEquals(List.of("cpu.rt_period_us=400", "cpu.rt_runtime_us=300", "cpu.idle=1", "cpu.cfs_quota_us=5000",
                "cpu.cfs_burst_us=1000"),
                writes(HYBRID, resources));
        assertEquals("linux.resources.cpu.realtimePeriod: cgroup v2 has no such limit", refusal(V2, resources));
    }

    @Test
    void cpusets_and_device_rules_of_v1_hold_before_anything_joins_and_limits_do_not() {
        Resources resources = Resources.EMPTY.withCpu(new Cpu(OptionalLong.of(5), OptionalLong.empty(), OptionalLong.empty(),
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.of("0-1"),
                Optional.of("0"), OptionalLong.empty()));
        for (Hierarchies host : List.of(HYBRID, V2)) {
            List<String> first = new ArrayList<>();
            plan(host, resources).places().forEach(place -> place.writes().stream().filter(Write::isFirst)
                    .forEach(write -> first.add(write.file() + "=" + write.texts().get(0))));
            assertEquals(host == V2 ? List.of("cpuset.cpus=0-1", "cpuset.mems=0")
                    : List.of("cpuset.cpus=0-1", "cpuset.mems=0", "devices.deny=a", "devices.allow=c *:* m"), first);
        }
    }

    @Test
    void on_v1_the_memory_limit_holds_before_anything_joins() {
        for (Hierarchies host : List.of(HYBRID, V2)) {
            List<String> first = new ArrayList<>();
            plan(host, memory(m -> m.withLimit(5).withSwap(9).withReservation(3))).places().forEach(place -> place.writes().stream()
                    .filter(write -> write.isFirst() && write.file().startsWith("memory.")).forEach(write -> first.add(write.file())));
            assertEquals(host == V2 ? List.of() : List.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"), first);
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "0, 0", "-1, max", "-7, max"})
    void pids_of_0_is_a_limit_and_below_0_is_none(long limit, String text) {
        for (Hierarchies host : List.of(HYBRID, V2)) {
            assertEquals(List.of("pids.max=" + text), writes(host, Resources.EMPTY.withPids(Pids.of(limit))));
        }
        assertEquals(List.of(), writes(V2, Resources.EMPTY.withPids(new Pids(OptionalLong.empty()))));
    }

    private static Resources with(Optional<BlockIO> io, List<HugepageLimit> pages, Optional<Network> network, Map<String, Rdma> rdma) {
        return new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), io, pages, network, rdma, Map.of());
    }

    private static Optional<BlockIO> io(int weight, List<ThrottleDevice> readBps, List<ThrottleDevice> writeIops) {
        return Optional.of(new BlockIO(OptionalInt.of(weight), OptionalInt.empty(), List.of(), readBps, List.of(), List.of(), writeIops));
    }

    @Test
    void throttles_are_one_line_for_each_device() {
        Resources resources = with(io(0, List.of(new ThrottleDevice(8, 0, 600), new ThrottleDevice(8, 16, 0)),
                List.of(new ThrottleDevice(8, 0, 3))), List.of(), Optional.empty(), Map.of());
        assertEquals(List.of("blkio.throttle.read_bps_device=8:0 600", "blkio.throttle.read_bps_device=8:16 0",
                "blkio.throttle.write_iops_device=8:0 3"), writes(HYBRID, resources));
        assertEquals(List.of("io.max=8:0 rbps=600", "io.max=8:16 rbps=max", "io.max=8:0 wiops=3"), writes(V2, resources));
    }

    @Test
    void network_classes_are_v1s() {
        Resources resources = with(Optional.empty(), List.of(), Optional.of(new Network(OptionalLong.of(0x100001),
                List.of(new Network.InterfacePriority("eth0", 5)))), Map.of());
        assertEquals(List.of("net_cls.classid=1048577", "net_prio.ifpriomap=eth0 5"), writes(HYBRID, resources));
        assertEquals("linux.resources.network.classID: cgroup v2 has no such limit", refusal(V2, resources));
    }

    private static BlockIO weights(Integer weight, Integer leaf, WeightDevice... devices) {
        return new BlockIO(weight == null ? OptionalInt.empty() : OptionalInt.of(weight), leaf == null ? OptionalInt.empty() : OptionalInt.of(leaf),
                List.of(devices), List.of(), List.of(), List.of(), List.of());
    }

    private static Resources io(BlockIO io) {
        return with(Optional.of(io), List.of(), Optional.empty(), Map.of());
    }

    /** With what is written where there is no such file. */
    private static List<String> withOthers(Hierarchies host, Resources resources) {
        List<String> writes = new ArrayList<>();
        for (CgroupPlan.Place place : plan(host, resources).places()) {
            for (Write write : place.writes()) {
                if (!write.file().startsWith("devices.")) {
                    writes.add(write.file() + "=" + String.join(",", write.texts())
                            + write.otherwise().map(other -> " or " + other.file() + "=" + String.join(",", other.texts())).orElse(""));
                }
            }
        }
        return writes;
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "100, 910", "500, 4950", "1000, 10000"})
    void a_weight_is_bfqs_or_else_what_the_kernel_has_without_it(int weight, int converted) {
        Resources resources = io(weights(weight, null, new WeightDevice(8, 16, OptionalInt.of(weight), OptionalInt.empty())));
        assertEquals(List.of("blkio.bfq.weight=" + weight + " or blkio.weight=" + weight,
                "blkio.bfq.weight_device=8:16 " + weight + " or blkio.weight_device=8:16 " + weight), withOthers(HYBRID, resources));
        assertEquals(List.of("io.bfq.weight=" + weight + " or io.weight=" + converted,
                "io.bfq.weight=8:16 " + weight + " or io.weight=8:16 " + converted), withOthers(V2, resources));
    }

    @Test
    void leaf_weights_are_v1s() {
        Resources resources = io(weights(null, 20, new WeightDevice(8, 0, OptionalInt.empty(), OptionalInt.of(30))));
        assertEquals(List.of("blkio.leaf_weight=20", "blkio.leaf_weight_device=8:0 30"), withOthers(HYBRID, resources));
        assertEquals("linux.resources.blockIO.leafWeight: cgroup v2 has no such limit", refusal(V2, resources));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 1001, 65535})
    void a_weight_that_no_kernel_takes_is_refused(int weight) {
        for (Hierarchies host : List.of(HYBRID, V2)) {
            assertEquals("linux.resources.blockIO.weight: expected 10 to 1000, found " + weight, refusal(host, io(weights(weight, null))));
        }
        assertEquals("linux.resources.blockIO.weightDevice[0]: expected weight or leafWeight",
                refusal(V2, io(weights(null, null, new WeightDevice(8, 0, OptionalInt.empty(), OptionalInt.empty())))));
    }

    private static Resources pages(String size, long limit) {
        return with(Optional.empty(), List.of(new HugepageLimit(size, limit)), Optional.empty(), Map.of());
    }

    @Test
    void huge_pages_are_limited_when_they_are_reserved_and_when_they_are_used() {
        Hierarchies v1 = new Hierarchies(List.of(v1("hugetlb", "/")), Optional.empty(), List.of("2MB", "1GB"));
        assertEquals(List.of("hugetlb.2MB.rsvd.limit_in_bytes=4096", "hugetlb.2MB.limit_in_bytes=4096"), writes(v1, pages("2MB", 4096)));
        Hierarchies v2 = new Hierarchies(List.of(), Optional.of(new Hierarchy(2, List.of("hugetlb"), ROOT, "/")), List.of("2MB", "1GB"));
        assertEquals(List.of("hugetlb.1GB.rsvd.max=18446744073709551615", "hugetlb.1GB.max=18446744073709551615"), writes(v2, pages("1GB", -1)));
    }

    @Test
    void in_a_hybrid_huge_pages_are_limited_where_the_controller_is() {
        Hierarchies hybrid = new Hierarchies(HYBRID.v1(), HYBRID.unified(), List.of("2MB"));
        CgroupPlan plan = plan(hybrid, pages("2MB", 1));
        CgroupPlan.Place unified = plan.places().get(plan.places().size() - 1);
        assertEquals(List.of("hugetlb.2MB.rsvd.max", "hugetlb.2MB.max"), unified.writes().stream().map(Write::file).toList());
        assertEquals(Set.of("hugetlb"), unified.required());
        assertEquals(Set.of("hugetlb"), unified.enabled());
    }

    @Test
    void a_size_of_pages_that_the_machine_lacks_is_refused_with_those_that_it_has() {
        Hierarchies some = new Hierarchies(List.of(v1("hugetlb", "/")), Optional.empty(), List.of("2MB", "1GB"));
        assertEquals("linux.resources.hugepageLimits[0].pageSize: this machine has pages of 2MB, 1GB, found \"3MB\"", refusal(some, pages("3MB", 0)));
        assertEquals("linux.resources.hugepageLimits[0]: this host has no hugetlb controller",
                refusal(new Hierarchies(List.of(v1("pids", "/")), Optional.empty(), List.of("2MB")), pages("2MB", 0)));
    }

    @Test
    void a_limit_whose_controller_the_host_lacks_is_refused_by_name() {
        assertEquals("linux.resources.memory.limit: no cgroup file system is mounted on /sys/fs/cgroup: mount one, or go without limits by "
                + "--cgroup-manager disabled", refusal(NONE, memory(m -> m.withLimit(1))));
        assertEquals("linux.resources.rdma: this host has no rdma controller", refusal(V2,
                with(Optional.empty(), List.of(), Optional.empty(), Map.of("mlx5", new Rdma(OptionalLong.of(3), OptionalLong.empty())))));
        Hierarchies fewer = new Hierarchies(List.of(v1("pids", "/")), HYBRID.unified());
        assertEquals("linux.resources.cpu.cpus: this host has no cpuset controller", refusal(fewer, cpu(c -> c.withCpus("0"))));
    }

    @Test
    void a_host_without_cgroups_has_no_places_but_no_complaint_either() {
        assertEquals(List.of(), plan(NONE, Resources.EMPTY).places());
    }

    @Test
    void unified_is_written_as_it_stands_line_by_line() {
        Map<String, String> unified = new LinkedHashMap<>();
        unified.put("memory.high", "1000");
        unified.put("io.max", "8:0 rbps=1\n8:16 rbps=2");
        unified.put("cgroup.max.depth", "3");
        assertEquals(List.of("memory.max=5", "memory.high=1000", "io.max=8:0 rbps=1", "io.max=8:16 rbps=2", "cgroup.max.depth=3"),
                writes(V2, memory(m -> m.withLimit(5)).withUnified(unified)));
        assertEquals(Set.of("memory", "io"), plan(V2, memory(m -> m.withLimit(5)).withUnified(unified)).places().get(0).required());
    }

    @ParameterizedTest
    @CsvSource({"rdma.max, this host has no rdma controller", "a/b.c, expected names of files", "memory, expected names of files"})
    void unified_files_that_cannot_be_are_refused(String file, String complaint) {
        String line = refusal(V2, Resources.EMPTY.withUnified(Map.of(file, "1")));
        assertTrue(line.contains(complaint), line);
    }

    @Test
    void unified_needs_v2_alone() {
        assertEquals("linux.resources.unified: needs a host with cgroup v2 alone",
                refusal(HYBRID, Resources.EMPTY.withUnified(Map.of("memory.high", "1"))));
    }

    @Test
    void every_controller_of_a_v2_host_is_handed_down() {
        CgroupPlan.Place place = plan(V2, Resources.EMPTY).places().get(0);
        assertEquals(Set.of("cpuset", "cpu", "io", "memory", "pids"), place.enabled());
        assertEquals(Set.of(), place.required());
        assertEquals(Set.of(), plan(HYBRID, Resources.EMPTY).places().get(8).enabled());
    }

    @Test
    void devices_go_to_v1_where_it_has_them_and_else_into_a_program() {
        assertTrue(plan(HYBRID, Resources.EMPTY).places().get(8).devices().isEmpty());
        assertTrue(plan(V2, Resources.EMPTY).places().get(0).devices().isPresent());
        Hierarchies noDevices = new Hierarchies(List.of(v1("pids", "/")), HYBRID.unified());
        assertTrue(plan(noDevices, Resources.EMPTY).places().get(1).devices().isPresent());
    }

    @Test
    void paths_are_read_back_as_they_were_written() {
        CgroupPaths paths = new CgroupPaths(Map.of("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/a b", "unified", "/sys/fs/cgroup/unified/a"));
        assertEquals(paths, CgroupPaths.parse(paths.text()));
        assertEquals(Optional.of("/sys/fs/cgroup/cpu,cpuacct/a b"), paths.v1With("cpuacct"));
        assertEquals(Optional.of("/sys/fs/cgroup/unified/a"), paths.processes());
        assertEquals(CgroupPaths.NONE, CgroupPaths.parse(""));
        assertThrows(IllegalArgumentException.class, () -> CgroupPaths.parse("cpu relative\n"));
    }
}
