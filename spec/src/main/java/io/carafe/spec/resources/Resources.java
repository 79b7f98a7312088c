package io.carafe.spec.resources;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of a container.
 *
 * @param rdma name of a device to its limits
 * @param unified name of a cgroup v2 file to what is written to it, in the document's order
 * @see "runtime-spec config-linux.md, Control groups"
 */
public record Resources(
        List<DeviceCgroup> devices,
        Optional<Memory> memory,
        Optional<Cpu> cpu,
        Optional<Pids> pids,
        Optional<BlockIO> blockIO,
        List<HugepageLimit> hugepageLimits,
        Optional<Network> network,
        Map<String, Rdma> rdma,
        Map<String, String> unified) {

    /** No limit at all. */
    public static final Resources EMPTY = new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), List.of(), Optional.empty(), Map.of(), Map.of());

    public Resources {
        devices = List.copyOf(devices);
        hugepageLimits = List.copyOf(hugepageLimits);
        rdma = Collections.unmodifiableMap(new LinkedHashMap<>(rdma));
        unified = Collections.unmodifiableMap(new LinkedHashMap<>(unified));
    }

    public Resources withDevices(List<DeviceCgroup> devices) {
        return new Resources(devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
    }

    public Resources withMemory(Memory memory) {
        return new Resources(devices, Optional.of(memory), cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
    }

    public Resources withCpu(Cpu cpu) {
        return new Resources(devices, memory, Optional.of(cpu), pids, blockIO, hugepageLimits, network, rdma, unified);
    }

    public Resources withPids(Pids pids) {
        return new Resources(devices, memory, cpu, Optional.of(pids), blockIO, hugepageLimits, network, rdma, unified);
    }

    public Resources withUnified(Map<String, String> unified) {
        return new Resources(devices, memory, cpu, pids, blockIO, hugepageLimits, network, rdma, unified);
    }
}
