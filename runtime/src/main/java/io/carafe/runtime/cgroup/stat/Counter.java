package io.carafe.runtime.cgroup.stat;

import static io.carafe.runtime.cgroup.stat.CounterFormat.BYTES_OF_DEVICES;
import static io.carafe.runtime.cgroup.stat.CounterFormat.LIMIT;
import static io.carafe.runtime.cgroup.stat.CounterFormat.NUMBER;
import static io.carafe.runtime.cgroup.stat.CounterFormat.NUMBERS;
import static io.carafe.runtime.cgroup.stat.CounterFormat.OPERATIONS_OF_DEVICES;
import static io.carafe.runtime.cgroup.stat.CounterFormat.PRESSURE;
import static io.carafe.runtime.cgroup.stat.CounterFormat.RANGES;
import static io.carafe.runtime.cgroup.stat.CounterFormat.TABLE;

import java.util.List;

/**
 * A row a number that a cgroup tells: where it goes in the output, the file of v1, the file of v2. Times are in nanoseconds.
 *
 * @see "kernel, admin-guide/cgroup-v1 and cgroup-v2"
 */
enum Counter {
    CPU_TOTAL("cpu", "usage", "total", NUMBER, v1("cpuacct", "cpuacct.usage"), micros("usage_usec")),
    CPU_PERCPU("cpu", "usage", "percpu", NUMBERS, v1("cpuacct", "cpuacct.usage_percpu")),
    CPU_PERCPU_KERNEL("cpu", "usage", "percpu_kernel", NUMBERS, v1("cpuacct", "cpuacct.usage_percpu_sys")),
    CPU_PERCPU_USER("cpu", "usage", "percpu_user", NUMBERS, v1("cpuacct", "cpuacct.usage_percpu_user")),
    CPU_KERNEL("cpu", "usage", "kernel", NUMBER, v1("cpuacct", "cpuacct.usage_sys"), micros("system_usec")),
    CPU_USER("cpu", "usage", "user", NUMBER, v1("cpuacct", "cpuacct.usage_user"), micros("user_usec")),
    PERIODS("cpu", "throttling", "periods", NUMBER, v1("cpu", "cpu.stat", "nr_periods"), v2("cpu.stat", "nr_periods")),
    THROTTLED_PERIODS("cpu", "throttling", "throttledPeriods", NUMBER, v1("cpu", "cpu.stat", "nr_throttled"), v2("cpu.stat", "nr_throttled")),
    THROTTLED_TIME("cpu", "throttling", "throttledTime", NUMBER, v1("cpu", "cpu.stat", "throttled_time"), micros("throttled_usec")),
    CPU_PRESSURE("cpu", "", "psi", PRESSURE, v2("cpu.pressure")),

    CPUS("cpuset", "", "cpus", RANGES, v1("cpuset", "cpuset.cpus"), v2("cpuset.cpus.effective")),
    CPU_EXCLUSIVE("cpuset", "", "cpu_exclusive", NUMBER, v1("cpuset", "cpuset.cpu_exclusive")),
    MEMS("cpuset", "", "mems", RANGES, v1("cpuset", "cpuset.mems"), v2("cpuset.mems.effective")),
    MEM_HARDWALL("cpuset", "", "mem_hardwall", NUMBER, v1("cpuset", "cpuset.mem_hardwall")),
    MEM_EXCLUSIVE("cpuset", "", "mem_exclusive", NUMBER, v1("cpuset", "cpuset.mem_exclusive")),
    MEMORY_MIGRATE("cpuset", "", "memory_migrate", NUMBER, v1("cpuset", "cpuset.memory_migrate")),
    MEMORY_SPREAD_PAGE("cpuset", "", "memory_spread_page", NUMBER, v1("cpuset", "cpuset.memory_spread_page")),
    MEMORY_SPREAD_SLAB("cpuset", "", "memory_spread_slab", NUMBER, v1("cpuset", "cpuset.memory_spread_slab")),
    MEMORY_PRESSURE("cpuset", "", "memory_pressure", NUMBER, v1("cpuset", "cpuset.memory_pressure")),
    SCHED_LOAD_BALANCE("cpuset", "", "sched_load_balance", NUMBER, v1("cpuset", "cpuset.sched_load_balance")),
    SCHED_RELAX_DOMAIN_LEVEL("cpuset", "", "sched_relax_domain_level", NUMBER, v1("cpuset", "cpuset.sched_relax_domain_level")),

    CACHE("memory", "", "cache", NUMBER, v1("memory", "memory.stat", "total_cache"), v2("memory.stat", "file")),
    MEMORY_LIMIT("memory", "usage", "limit", NUMBER, v1("memory", "memory.limit_in_bytes"), v2("memory.max")),
    MEMORY_USAGE("memory", "usage", "usage", NUMBER, v1("memory", "memory.usage_in_bytes"), v2("memory.current")),
    MEMORY_MAX("memory", "usage", "max", NUMBER, v1("memory", "memory.max_usage_in_bytes"), v2("memory.peak")),
    MEMORY_FAILCNT("memory", "usage", "failcnt", NUMBER, v1("memory", "memory.failcnt"), v2("memory.events", "max")),
    // Memory and swap together, as v1 counts: v2's numbers are of swap alone.
    SWAP_LIMIT("memory", "swap", "limit", NUMBER, v1("memory", "memory.memsw.limit_in_bytes"), v2("memory.swap.max"), v2("memory.max")),
    SWAP_USAGE("memory", "swap", "usage", NUMBER, v1("memory", "memory.memsw.usage_in_bytes"), v2("memory.swap.current"),
            v2("memory.current")),
    SWAP_MAX("memory", "swap", "max", NUMBER, v1("memory", "memory.memsw.max_usage_in_bytes")),
    SWAP_FAILCNT("memory", "swap", "failcnt", NUMBER, v1("memory", "memory.memsw.failcnt"), v2("memory.swap.events", "max")),
    KERNEL_LIMIT("memory", "kernel", "limit", NUMBER, v1("memory", "memory.kmem.limit_in_bytes")),
    KERNEL_USAGE("memory", "kernel", "usage", NUMBER, v1("memory", "memory.kmem.usage_in_bytes"), v2("memory.stat", "kernel")),
    KERNEL_MAX("memory", "kernel", "max", NUMBER, v1("memory", "memory.kmem.max_usage_in_bytes")),
    KERNEL_FAILCNT("memory", "kernel", "failcnt", NUMBER, v1("memory", "memory.kmem.failcnt")),
    TCP_LIMIT("memory", "kernelTCP", "limit", NUMBER, v1("memory", "memory.kmem.tcp.limit_in_bytes")),
    TCP_USAGE("memory", "kernelTCP", "usage", NUMBER, v1("memory", "memory.kmem.tcp.usage_in_bytes"), v2("memory.stat", "sock")),
    TCP_MAX("memory", "kernelTCP", "max", NUMBER, v1("memory", "memory.kmem.tcp.max_usage_in_bytes")),
    TCP_FAILCNT("memory", "kernelTCP", "failcnt", NUMBER, v1("memory", "memory.kmem.tcp.failcnt")),
    RAW("memory", "", "raw", TABLE, v1("memory", "memory.stat"), v2("memory.stat")),
    MEMORY_STALL("memory", "", "psi", PRESSURE, v2("memory.pressure")),

    PIDS_CURRENT("pids", "", "current", NUMBER, v1("pids", "pids.current"), v2("pids.current")),
    PIDS_LIMIT("pids", "", "limit", LIMIT, v1("pids", "pids.max"), v2("pids.max")),

    IO_BYTES("blkio", "", "ioServiceBytesRecursive", BYTES_OF_DEVICES, v1("blkio", "blkio.throttle.io_service_bytes_recursive"),
            v2("io.stat")),
    IO_OPERATIONS("blkio", "", "ioServicedRecursive", OPERATIONS_OF_DEVICES, v1("blkio", "blkio.throttle.io_serviced_recursive"),
            v2("io.stat")),
    IO_STALL("blkio", "", "psi", PRESSURE, v2("io.pressure"));

    /** The objects of the output, in order. */
    static final List<String> GROUPS = List.of("cpu", "cpuset", "memory", "pids", "blkio");

    final String group;
    /** The object within the group; empty for the group itself. */
    final String object;
    final String name;
    final CounterFormat form;
    /** The first is of v1 where its controller is set; those of v2 are summed up. */
    final List<Source> sources;

    /**
     * @param controller of v1; empty: a file of v2
     * @param key of a line; empty: the whole file
     * @param scale of the number: 1000 for microseconds
     */
    record Source(String controller, String file, String key, long scale) {
    }

    Counter(String group, String object, String name, CounterFormat form, Source... sources) {
        this.group = group;
        this.object = object;
        this.name = name;
        this.form = form;
        this.sources = List.of(sources);
    }

    private static Source v1(String controller, String file) {
        return new Source(controller, file, "", 1);
    }

    private static Source v1(String controller, String file, String key) {
        return new Source(controller, file, key, 1);
    }

    private static Source v2(String file) {
        return new Source("", file, "", 1);
    }

    private static Source v2(String file, String key) {
        return new Source("", file, key, 1);
    }

    private static Source micros(String key) {
        return new Source("", "cpu.stat", key, 1000);
    }
}
