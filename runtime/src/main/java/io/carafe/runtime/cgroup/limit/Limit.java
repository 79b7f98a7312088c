package io.carafe.runtime.cgroup.limit;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Network;
import io.carafe.spec.resources.Rdma;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.resources.ThrottleDevice;
import io.carafe.spec.resources.WeightDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The properties of {@code linux.resources} that become a write to a control file: one row a property, in the order of the writes.
 *
 * <p>Each row: the property, the file of v1, the file of v2. A number of 0 is as good as absent in the memory and cpu
 * controllers, as engines send it for "not asked".
 *
 * @see "runtime-spec config-linux.md, Control groups; kernel, admin-guide/cgroup-v1 and cgroup-v2"
 */
enum Limit {
    // Before anything joins: the first page and the first tick must be in the right place.
    CPUS("cpu.cpus", both("cpuset", "cpuset.cpus", r -> text(cpu(r).cpus()))),
    MEMS("cpu.mems", both("cpuset", "cpuset.mems", r -> text(cpu(r).mems()))),
    // The period bounds the runtime. Before anything joins: a SCHED_RR task cannot join a cgroup that has no runtime.
    REALTIME_PERIOD("cpu.realtimePeriod", in("cpu", "cpu.rt_period_us", r -> unsigned(cpu(r).realtimePeriod()))),
    REALTIME_RUNTIME("cpu.realtimeRuntime", in("cpu", "cpu.rt_runtime_us",
            r -> given(cpu(r).realtimeRuntime()) ? signed(cpu(r).realtimeRuntime()) : List.of())),

    SHARES("cpu.shares", in("cpu", "cpu.shares", r -> unsigned(cpu(r).shares())), in("cpu", "cpu.weight", Limit::weight)),
    IDLE("cpu.idle", both("cpu", "cpu.idle", r -> idle(cpu(r).idle()))),
    PERIOD("cpu.period", in("cpu", "cpu.cfs_period_us", r -> unsigned(cpu(r).period())),
            in("cpu", "cpu.max", r -> given(cpu(r).quota()) ? List.of() : prefixed("max ", unsigned(cpu(r).period())))),
    QUOTA("cpu.quota", in("cpu", "cpu.cfs_quota_us", r -> quota(r, "-1")), in("cpu", "cpu.max", Limit::max)),
    // After the quota, which it may not exceed.
    BURST("cpu.burst", in("cpu", "cpu.cfs_burst_us", r -> signed(cpu(r).burst())), in("cpu", "cpu.max.burst", r -> signed(cpu(r).burst()))),

    // On v1 the limit before memory and swap together, which may never be below it.
    MEMORY_LIMIT("memory.limit", in("memory", "memory.limit_in_bytes", r -> bytes("memory.limit", memory(r).limit(), "-1")),
            in("memory", "memory.max", r -> bytes("memory.limit", memory(r).limit(), "max"))),
    SWAP("memory.swap", in("memory", "memory.memsw.limit_in_bytes", Limit::memoryAndSwap),
            in("memory", "memory.swap.max", Limit::swapAlone)),
    RESERVATION("memory.reservation",
            in("memory", "memory.soft_limit_in_bytes", r -> bytes("memory.reservation", memory(r).reservation(), "-1")),
            in("memory", "memory.low", r -> bytes("memory.reservation", memory(r).reservation(), "max"))),
    KERNEL_TCP("memory.kernelTCP", in("memory", "memory.kmem.tcp.limit_in_bytes", r -> bytes("memory.kernelTCP", memory(r).kernelTCP(), "-1")),
            in("memory", "memory.max", Limit::noLimitOfTcpAlone)),
    SWAPPINESS("memory.swappiness", in("memory", "memory.swappiness", Limit::swappiness)),
    DISABLE_OOM_KILLER("memory.disableOOMKiller",
            in("memory", "memory.oom_control", r -> memory(r).disableOOMKiller().orElse(false) ? List.of("1") : List.of())),

    // 0 is a limit here: the container may not fork.
    PIDS("pids.limit", both("pids", "pids.max", Limit::pids)),

    WEIGHT("blockIO.weight", in("blkio", "blkio.bfq.weight", r -> IoWeight.ofAll(r, "weight", BlockIO::weight, false))
            .or("blkio.weight", r -> IoWeight.ofAll(r, "weight", BlockIO::weight, false)),
            in("io", "io.bfq.weight", r -> IoWeight.ofAll(r, "weight", BlockIO::weight, false))
            .or("io.weight", r -> IoWeight.ofAll(r, "weight", BlockIO::weight, true))),
    WEIGHT_DEVICE("blockIO.weightDevice", in("blkio", "blkio.bfq.weight_device", r -> IoWeight.ofDevices(r, WeightDevice::weight, false))
            .or("blkio.weight_device", r -> IoWeight.ofDevices(r, WeightDevice::weight, false)),
            in("io", "io.bfq.weight", r -> IoWeight.ofDevices(r, WeightDevice::weight, false))
            .or("io.weight", r -> IoWeight.ofDevices(r, WeightDevice::weight, true))),
    // Of CFQ, which went with Linux 5.0.
    LEAF_WEIGHT("blockIO.leafWeight", in("blkio", "blkio.leaf_weight", r -> IoWeight.ofAll(r, "leafWeight", BlockIO::leafWeight, false))),
    LEAF_WEIGHT_DEVICE("blockIO.weightDevice", in("blkio", "blkio.leaf_weight_device",
            r -> IoWeight.ofDevices(r, WeightDevice::leafWeight, false))),
    READ_BPS("blockIO.throttleReadBpsDevice", throttle("read_bps", "rbps", BlockIO::throttleReadBpsDevice)),
    WRITE_BPS("blockIO.throttleWriteBpsDevice", throttle("write_bps", "wbps", BlockIO::throttleWriteBpsDevice)),
    READ_IOPS("blockIO.throttleReadIOPSDevice", throttle("read_iops", "riops", BlockIO::throttleReadIOPSDevice)),
    WRITE_IOPS("blockIO.throttleWriteIOPSDevice", throttle("write_iops", "wiops", BlockIO::throttleWriteIOPSDevice)),

    CLASS_ID("network.classID", in("net_cls", "net_cls.classid",
            r -> unsigned(r.network().map(Network::classID).orElse(OptionalLong.empty())))),
    PRIORITIES("network.priorities", in("net_prio", "net_prio.ifpriomap", Limit::priorities)),
    RDMA("rdma", both("rdma", "rdma.max", Limit::rdma));

    /** What managers that count with signed numbers write for a swappiness that nobody asked for: -1 in 64 bits, as runc takes it. */
    private static final long UNSET = -1;
    private static final long MAX_PERCENT = 100;

    /** From {@code linux.resources} on. */
    final String property;
    final Control v1;
    final Optional<Control> v2;

    /**
     * A file of a controller, and what is written to it, one write(2) for each text; none when nothing is asked.
     *
     * @param otherwise where the kernel has no such file
     */
    record Control(String controller, String file, Function<Resources, List<String>> texts, Optional<Control> otherwise) {

        private Control or(String other, Function<Resources, List<String>> otherTexts) {
            return new Control(controller, file, texts, Optional.of(in(controller, other, otherTexts)));
        }

        /** @return empty when nothing is asked */
        Optional<Write> write(Limit limit, Resources resources) {
            List<String> asked = texts.apply(resources);
            return asked.isEmpty() ? Optional.empty() : Optional.of(new Write(limit.property, file, asked, limit.isFirst(this),
                    limit.mayBeAbsent(asked.get(0)), otherwise.flatMap(control -> control.write(limit, resources))));
        }
    }

    /** @param versions the file of v1 and, where v2 has such a limit, the file of v2 */
    Limit(String property, Control... versions) {
        this.property = "linux.resources." + property;
        this.v1 = versions[0];
        this.v2 = versions.length > 1 ? Optional.of(versions[1]) : Optional.empty();
    }

    private static Control in(String controller, String file, Function<Resources, List<String>> texts) {
        return new Control(controller, file, texts, Optional.empty());
    }

    /** The same file, named alike in both versions. */
    private static Control[] both(String controller, String file, Function<Resources, List<String>> texts) {
        return new Control[] {in(controller, file, texts), in(controller, file, texts)};
    }

    /**
     * Whether it is written before anything joins.
     *
     * <p>The memory limit of v1 is: each processor that charges the first page takes 64 of them at once, and a limit below that is refused
     * with EBUSY until they have been given back, which nobody waits for (drain_all_stock in the kernel). With a limit there is no such
     * stock. On v2 the write takes back what it can, and the init is born inside, with all that clone3(2) charges.
     */
    private boolean isFirst(Control control) {
        return compareTo(REALTIME_RUNTIME) <= 0 || (this == MEMORY_LIMIT || this == SWAP) && control == v1;
    }

    /**
     * Whether a kernel without the file already does what the text asks: swap is accounted only with CONFIG_MEMCG_SWAP and, before
     * Linux 5.8, swapaccount=1.
     */
    boolean mayBeAbsent(String text) {
        return this == SWAP && (text.equals("-1") || text.equals("max") || text.equals("0"));
    }

    private static Cpu cpu(Resources resources) {
        return resources.cpu().orElse(Cpu.EMPTY);
    }

    private static Memory memory(Resources resources) {
        return resources.memory().orElse(Memory.EMPTY);
    }

    private static boolean given(OptionalLong value) {
        return value.orElse(0) != 0;
    }

    private static List<String> text(Optional<String> value) {
        return value.filter(text -> !text.isEmpty()).map(List::of).orElse(List.of());
    }

    private static List<String> unsigned(OptionalLong value) {
        return given(value) ? List.of(Long.toUnsignedString(value.getAsLong())) : List.of();
    }

    /** Where 0 is a value, not absence. */
    private static List<String> signed(OptionalLong value) {
        return value.isPresent() ? List.of(Long.toString(value.getAsLong())) : List.of();
    }

    private static List<String> prefixed(String prefix, List<String> texts) {
        return texts.isEmpty() ? texts : List.of(prefix + texts.get(0));
    }

    private static List<String> idle(OptionalLong value) {
        if (value.orElse(0) != 0 && value.getAsLong() != 1) {
            throw new SpecException("linux.resources.cpu.idle", "expected 0 or 1, found " + value.getAsLong());
        }
        return signed(value);
    }

    private static List<String> quota(Resources resources, String unlimited) {
        OptionalLong quota = cpu(resources).quota();
        return given(quota) ? List.of(quota.getAsLong() < 0 ? unlimited : Long.toString(quota.getAsLong())) : List.of();
    }

    /** cpu.max has both, and a default of 100 ms for the period. */
    private static List<String> max(Resources resources) {
        List<String> quota = quota(resources, "max");
        return quota.isEmpty() ? quota : List.of(quota.get(0) + " " + (given(cpu(resources).period())
                ? Long.toUnsignedString(cpu(resources).period().getAsLong()) : "100000"));
    }

    private static List<String> weight(Resources resources) {
        return given(cpu(resources).shares()) ? List.of(Long.toString(CpuWeight.of(cpu(resources).shares().getAsLong()))) : List.of();
    }

    private static List<String> bytes(String property, OptionalLong value, String unlimited) {
        if (!given(value)) {
            return List.of();
        }
        if (value.getAsLong() < -1) {
            throw new SpecException("linux.resources." + property, "expected -1 or a number of bytes, found " + value.getAsLong());
        }
        return List.of(value.getAsLong() == -1 ? unlimited : Long.toString(value.getAsLong()));
    }

    /** v2 counts these buffers with all memory, and cannot limit them alone. */
    private static List<String> noLimitOfTcpAlone(Resources resources) {
        if (memory(resources).kernelTCP().orElse(0) > 0) {
            throw new SpecException("linux.resources.memory.kernelTCP", "cgroup v2 has no such limit");
        }
        return List.of();
    }

    /** v1 limits memory and swap together, as the configuration does. */
    private static List<String> memoryAndSwap(Resources resources) {
        long limit = memory(resources).limit().orElse(0);
        long swap = memory(resources).swap().orElse(0);
        if (swap == 0) {
            return limit == -1 ? List.of("-1") : List.of();
        }
        if (swap > 0 && limit <= 0) {
            throw new SpecException("linux.resources.memory.swap", "needs memory.limit, of which it is the sum with swap");
        }
        if (swap > 0 && swap < limit) {
            throw new SpecException("linux.resources.memory.swap",
                    "expected memory and swap together, at least memory.limit (" + limit + "), found " + swap);
        }
        return bytes("memory.swap", memory(resources).swap(), "-1");
    }

    /** v2 limits swap alone. */
    private static List<String> swapAlone(Resources resources) {
        List<String> together = memoryAndSwap(resources);
        if (together.isEmpty()) {
            return together;
        }
        return List.of(together.get(0).equals("-1") ? "max"
                : Long.toString(memory(resources).swap().getAsLong() - memory(resources).limit().getAsLong()));
    }

    private static List<String> swappiness(Resources resources) {
        OptionalLong value = memory(resources).swappiness();
        if (value.equals(OptionalLong.of(UNSET))) {
            return List.of();
        }
        if (value.isPresent() && Long.compareUnsigned(value.getAsLong(), MAX_PERCENT) > 0) {
            throw new SpecException("linux.resources.memory.swappiness",
                    "expected 0 to 100, found " + Long.toUnsignedString(value.getAsLong()));
        }
        return signed(value);
    }

    private static List<String> pids(Resources resources) {
        if (resources.pids().isEmpty() || resources.pids().get().limit().isEmpty()) {
            return List.of();
        }
        long limit = resources.pids().get().limit().getAsLong();
        return List.of(limit < 0 ? "max" : Long.toString(limit));
    }

    /** blkio.throttle has a file for each kind, io.max a key; no rate is no limit. */
    private static Control[] throttle(String file, String key, Function<BlockIO, List<ThrottleDevice>> devices) {
        return new Control[] {
            in("blkio", "blkio.throttle." + file + "_device", r -> rates(r.blockIO().map(devices), "", "0")),
            in("io", "io.max", r -> rates(r.blockIO().map(devices), key + "=", "max")),
        };
    }

    private static List<String> rates(Optional<List<ThrottleDevice>> devices, String key, String unlimited) {
        List<String> texts = new ArrayList<>();
        for (ThrottleDevice device : devices.orElse(List.of())) {
            texts.add(device.major() + ":" + device.minor() + " " + key
                    + (device.rate() == 0 ? unlimited : Long.toUnsignedString(device.rate())));
        }
        return texts;
    }

    private static List<String> priorities(Resources resources) {
        List<String> texts = new ArrayList<>();
        if (resources.network().isPresent()) {
            for (Network.InterfacePriority priority : resources.network().get().priorities()) {
                texts.add(priority.name() + " " + priority.priority());
            }
        }
        return texts;
    }

    private static List<String> rdma(Resources resources) {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, Rdma> device : resources.rdma().entrySet()) {
            Rdma limits = device.getValue();
            if (limits.hcaHandles().isEmpty() && limits.hcaObjects().isEmpty()) {
                throw new SpecException("linux.resources.rdma." + device.getKey(), "expected hcaHandles or hcaObjects");
            }
            texts.add(device.getKey() + (limits.hcaHandles().isPresent() ? " hca_handle=" + limits.hcaHandles().getAsLong() : "")
                    + (limits.hcaObjects().isPresent() ? " hca_object=" + limits.hcaObjects().getAsLong() : ""));
        }
        return texts;
    }
}
