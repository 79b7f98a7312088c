package io.carafe.shim.stat;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.message.Any;
import java.util.List;

/** io.containerd.cgroups.v1.Metrics, from the hierarchies of v1. Times are in nanoseconds. */
final class MetricsV1 {

    private static final String TYPE = "io.containerd.cgroups.v1.Metrics";

    /** The fields 1 to 32 of MemoryStat, by the names of memory.stat. */
    private static final List<String> MEMORY_STAT = List.of("cache", "rss", "rss_huge", "mapped_file", "dirty", "writeback", "pgpgin",
            "pgpgout", "pgfault", "pgmajfault", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
            "hierarchical_memory_limit", "hierarchical_memsw_limit", "total_cache", "total_rss", "total_rss_huge", "total_mapped_file",
            "total_dirty", "total_writeback", "total_pgpgin", "total_pgpgout", "total_pgfault", "total_pgmajfault", "total_inactive_anon",
            "total_active_anon", "total_inactive_file", "total_active_file", "total_unevictable");
    /** The fields 33 to 36, each with the files limit, usage, max and failcnt. */
    private static final List<String> MEMORY_ENTRIES = List.of("memory", "memory.memsw", "memory.kmem", "memory.kmem.tcp");
    private static final int FIRST_ENTRY = 33;
    /** Of USER_HZ, in which cpuacct.stat counts on every architecture that there is an image for. */
    private static final long CLOCK_TICK_NANOS = 10_000_000;
    private static final List<String> THROTTLE = List.of("nr_periods", "nr_throttled", "throttled_time");
    private static final List<String> OOM_CONTROL = List.of("oom_kill_disable", "under_oom", "oom_kill");

    private MetricsV1() {
    }

    static Any read(Linux linux, CgroupPaths paths, String network) {
        ProtoWriter out = new ProtoWriter();
        hugetlb(out, new ControlFiles(linux, paths.v1With("hugetlb")));
        ControlFiles pids = new ControlFiles(linux, paths.v1With("pids"));
        out.message(2, inner -> {
            inner.integer(1, pids.number("pids.current"));
            inner.integer(2, pids.limit("pids.max"));
        });
        ControlFiles cpuacct = new ControlFiles(linux, paths.v1With("cpuacct"));
        ControlFiles cpu = new ControlFiles(linux, paths.v1With("cpu"));
        out.message(3, inner -> {
            inner.message(1, usage -> {
                usage.integer(1, cpuacct.number("cpuacct.usage"));
                usage.integer(2, CLOCK_TICK_NANOS * cpuacct.entry("cpuacct.stat", "system"));
                usage.integer(3, CLOCK_TICK_NANOS * cpuacct.entry("cpuacct.stat", "user"));
                usage.integers(4, cpuacct.numbers("cpuacct.usage_percpu"));
            });
            inner.message(2, throttling -> cpu.table(throttling, "cpu.stat", THROTTLE));
        });
        ControlFiles memory = new ControlFiles(linux, paths.v1With("memory"));
        out.message(4, inner -> memory(inner, memory));
        out.message(5, inner -> BlockIo.write(inner, new ControlFiles(linux, paths.v1With("blkio")), BlockIo.partitions(linux)));
        Rdma.write(out, 6, new ControlFiles(linux, paths.v1With("rdma")));
        Network.write(out, 7, network);
        out.message(9, inner -> memory.table(inner, "memory.oom_control", OOM_CONTROL));
        return new Any(TYPE, out.toBytes());
    }

    private static void hugetlb(ProtoWriter out, ControlFiles files) {
        for (String size : files.pageSizes(".usage_in_bytes")) {
            out.message(1, inner -> {
                inner.integer(1, files.number("hugetlb." + size + ".usage_in_bytes"));
                inner.integer(2, files.number("hugetlb." + size + ".max_usage_in_bytes"));
                inner.integer(3, files.number("hugetlb." + size + ".failcnt"));
                inner.text(4, size);
            });
        }
    }

    private static void memory(ProtoWriter out, ControlFiles files) {
        files.table(out, "memory.stat", MEMORY_STAT);
        for (int i = 0; i < MEMORY_ENTRIES.size(); i++) {
            String prefix = MEMORY_ENTRIES.get(i) + ".";
            out.message(FIRST_ENTRY + i, inner -> {
                inner.integer(1, files.number(prefix + "limit_in_bytes"));
                inner.integer(2, files.number(prefix + "usage_in_bytes"));
                inner.integer(3, files.number(prefix + "max_usage_in_bytes"));
                inner.integer(4, files.number(prefix + "failcnt"));
            });
        }
    }
}
