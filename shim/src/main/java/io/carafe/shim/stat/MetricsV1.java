package io.carafe.shim.stat;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.shim.message.Any;
import io.carafe.shim.protobuf.ProtoWriter;
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
    private static final List<String> THROTTLE = List.of("nr_periods", "nr_throttled", "throttled_time");
    private static final List<String> OOM_CONTROL = List.of("oom_kill_disable", "under_oom", "oom_kill");
    /** The fields 1 to 8 of BlkIOStat. */
    private static final List<String> BLKIO = List.of("throttle.io_service_bytes_recursive", "throttle.io_serviced_recursive");

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
                usage.integer(2, cpuacct.number("cpuacct.usage_sys"));
                usage.integer(3, cpuacct.number("cpuacct.usage_user"));
                usage.integers(4, cpuacct.numbers("cpuacct.usage_percpu"));
            });
            inner.message(2, throttling -> cpu.table(throttling, "cpu.stat", THROTTLE));
        });
        ControlFiles memory = new ControlFiles(linux, paths.v1With("memory"));
        out.message(4, inner -> memory(inner, memory));
        ControlFiles blkio = new ControlFiles(linux, paths.v1With("blkio"));
        out.message(5, inner -> {
            for (int i = 0; i < BLKIO.size(); i++) {
                devices(inner, i + 1, blkio.text("blkio." + BLKIO.get(i)));
            }
        });
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

    /** {@code 8:0 Read 1024} a line; the last one is a sum without a device. */
    private static void devices(ProtoWriter out, int number, String text) {
        for (String line : text.split("\n")) {
            List<String> words = ControlFiles.words(line);
            int colon = words.size() == 3 ? words.get(0).indexOf(':') : -1;
            if (colon > 0) {
                out.message(number, entry -> {
                    entry.text(1, words.get(1));
                    entry.integer(3, Long.parseLong(words.get(0).substring(0, colon)));
                    entry.integer(4, Long.parseLong(words.get(0).substring(colon + 1)));
                    entry.integer(5, Long.parseUnsignedLong(words.get(2)));
                });
            }
        }
    }
}
