package io.carafe.spec.resources;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Limits of the memory controller, in bytes; -1 is no limit.
 *
 * @param swap memory and swap together, as cgroup v1 counts
 * @param swappiness 0 to 100 is what the kernel takes; unsigned 64 bits
 * @see "runtime-spec config-linux.md, Memory"
 */
public record Memory(
        OptionalLong limit,
        OptionalLong reservation,
        OptionalLong swap,
        OptionalLong kernel,
        OptionalLong kernelTCP,
        OptionalLong swappiness,
        Optional<Boolean> disableOOMKiller,
        Optional<Boolean> useHierarchy,
        Optional<Boolean> checkBeforeUpdate) {

    /** No limit said. */
    public static final Memory EMPTY = new Memory(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Memory withLimit(long limit) {
        return new Memory(OptionalLong.of(limit), reservation, swap, kernel, kernelTCP, swappiness,
                disableOOMKiller, useHierarchy, checkBeforeUpdate);
    }

    public Memory withReservation(long reservation) {
        return new Memory(limit, OptionalLong.of(reservation), swap, kernel, kernelTCP, swappiness,
                disableOOMKiller, useHierarchy, checkBeforeUpdate);
    }

    public Memory withSwap(long swap) {
        return new Memory(limit, reservation, OptionalLong.of(swap), kernel, kernelTCP, swappiness,
                disableOOMKiller, useHierarchy, checkBeforeUpdate);
    }
}
