package io.carafe.spec.resources;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Limits of the cpu and cpuset controllers. Times in microseconds.
 *
 * @param shares unsigned 64 bits
 * @param quota per period; negative: no limit
 * @param burst unsigned 64 bits
 * @param period unsigned 64 bits
 * @param realtimePeriod unsigned 64 bits
 * @param cpus a list such as {@code 0-3,7}
 * @param mems a list of memory nodes, likewise
 * @param idle 1: SCHED_IDLE for the whole cgroup
 * @see "runtime-spec config-linux.md, CPU"
 */
public record Cpu(
        OptionalLong shares,
        OptionalLong quota,
        OptionalLong burst,
        OptionalLong period,
        OptionalLong realtimeRuntime,
        OptionalLong realtimePeriod,
        Optional<String> cpus,
        Optional<String> mems,
        OptionalLong idle) {

    /** No limit said. */
    public static final Cpu EMPTY = new Cpu(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
            OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());

    public Cpu withShares(long shares) {
        return new Cpu(OptionalLong.of(shares), quota, burst, period, realtimeRuntime, realtimePeriod, cpus, mems, idle);
    }

    public Cpu withQuota(long quota, long period) {
        return new Cpu(shares, OptionalLong.of(quota), burst, OptionalLong.of(period), realtimeRuntime, realtimePeriod, cpus, mems, idle);
    }

    public Cpu withCpus(String cpus) {
        return new Cpu(shares, quota, burst, period, realtimeRuntime, realtimePeriod, Optional.of(cpus), mems, idle);
    }
}
