package io.carafe.shim.stat;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.message.Any;
import java.util.List;

/** io.containerd.cgroups.v2.Metrics, from the unified tree. Times are in microseconds. */
final class MetricsV2 {

    private static final String TYPE = "io.containerd.cgroups.v2.Metrics";

    private static final int PRESSURE_OF_CPU = 7;
    private static final int PRESSURE_OF_MEMORY = 38;
    private static final int PRESSURE_OF_IO = 2;

    /** The fields of CPUStat, by the names of cpu.stat; 7 is another message. */
    private static final List<String> CPU_STAT = List.of("usage_usec", "user_usec", "system_usec", "nr_periods", "nr_throttled",
            "throttled_usec", "", "nr_bursts", "burst_usec");
    /** The fields of MemoryStat, by the names of memory.stat; those without one are files of their own. 20 and 21 are of before Linux 5.9. */
    private static final List<String> MEMORY_STAT = List.of("anon", "file", "kernel_stack", "slab", "sock", "shmem", "file_mapped",
            "file_dirty", "file_writeback", "anon_thp", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable",
            "slab_reclaimable", "slab_unreclaimable", "pgfault", "pgmajfault", "workingset_refault", "workingset_activate",
            "workingset_nodereclaim", "pgrefill", "pgscan", "pgsteal", "pgactivate", "pgdeactivate", "pglazyfree", "pglazyfreed",
            "thp_fault_alloc", "thp_collapse_alloc", "", "", "", "", "", "", "", "workingset_refault_anon", "workingset_refault_file",
            "workingset_activate_anon", "workingset_activate_file");
    /** The fields 32 to 37. */
    private static final List<String> MEMORY_FILES = List.of("memory.current", "memory.max", "memory.swap.current", "memory.swap.max",
            "memory.peak", "memory.swap.peak");
    private static final int FIRST_FILE = 32;
    private static final List<String> MEMORY_EVENTS = List.of("low", "high", "max", "oom", "oom_kill", "oom_group_kill");
    /** Field 4 of HugeTlbStat, failcnt, by the name in hugetlb.SIZE.events; the others are files of their own. */
    private static final List<String> HUGETLB_EVENTS = List.of("", "", "", "max");
    /** The fields 3 to 6 of IOEntry. */
    private static final List<String> IO_STAT = List.of("rbytes", "wbytes", "rios", "wios");
    private static final int FIRST_IO = 3;

    private MetricsV2() {
    }

    static Any read(Linux linux, CgroupPaths paths, String network) {
        return read(new ControlFiles(linux, paths.unified()), network);
    }

    static Any read(ControlFiles files, String network) {
        ProtoWriter out = new ProtoWriter();
        out.message(1, pids -> {
            pids.integer(1, files.number("pids.current"));
            pids.integer(2, files.number("pids.max"));
        });
        out.message(2, cpu -> {
            files.table(cpu, "cpu.stat", CPU_STAT);
            Pressure.write(cpu, PRESSURE_OF_CPU, files.text("cpu.pressure"));
        });
        out.message(4, memory -> {
            files.table(memory, "memory.stat", MEMORY_STAT);
            for (int i = 0; i < MEMORY_FILES.size(); i++) {
                memory.integer(FIRST_FILE + i, files.number(MEMORY_FILES.get(i)));
            }
            Pressure.write(memory, PRESSURE_OF_MEMORY, files.text("memory.pressure"));
        });
        Rdma.write(out, 5, files);
        out.message(6, io -> {
            devices(io, files.text("io.stat"));
            Pressure.write(io, PRESSURE_OF_IO, files.text("io.pressure"));
        });
        for (String size : files.pageSizes(".current")) {
            out.message(7, inner -> {
                inner.integer(1, files.number("hugetlb." + size + ".current"));
                inner.integer(2, files.number("hugetlb." + size + ".max"));
                inner.text(3, size);
                files.table(inner, "hugetlb." + size + ".events", HUGETLB_EVENTS);
            });
        }
        out.message(8, events -> files.table(events, "memory.events", MEMORY_EVENTS));
        Network.write(out, 9, network);
        return new Any(TYPE, out.toBytes());
    }

    /** {@code 8:0 rbytes=1024 wbytes=0 …} a line. */
    private static void devices(ProtoWriter out, String text) {
        for (String line : text.split("\n")) {
            List<String> words = ControlFiles.words(line);
            int colon = words.isEmpty() ? -1 : words.get(0).indexOf(':');
            if (colon > 0) {
                out.message(1, entry -> {
                    entry.integer(1, Long.parseLong(words.get(0).substring(0, colon)));
                    entry.integer(2, Long.parseLong(words.get(0).substring(colon + 1)));
                    for (String pair : words.subList(1, words.size())) {
                        int place = IO_STAT.indexOf(pair.substring(0, Math.max(0, pair.indexOf('='))));
                        if (place >= 0) {
                            entry.integer(FIRST_IO + place, Long.parseUnsignedLong(pair.substring(pair.indexOf('=') + 1)));
                        }
                    }
                });
            }
        }
    }
}
