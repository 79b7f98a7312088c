package io.carafe.runtime.process.scheduling;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.MemoryPolicy.Flag;
import io.carafe.spec.linux.MemoryPolicy.Mode;

/**
 * One set_mempolicy(2).
 *
 * @param mode MPOL_… with its flags
 */
public record MemoryPolicyPlan(int mode, NumberList nodes) {

    private static final String PROPERTY = "linux.memoryPolicy";

    /** @throws SpecException for what the manual page of set_mempolicy(2) rules out */
    static MemoryPolicyPlan of(MemoryPolicy policy) {
        NumberList nodes = policy.nodes().map(text -> NumberList.parse(text, PROPERTY + ".nodes")).orElse(NumberList.EMPTY);
        Mode mode = policy.mode();
        boolean without = mode == Mode.MPOL_DEFAULT || mode == Mode.MPOL_LOCAL;
        if (without && !nodes.isEmpty()) {
            throw new SpecException(PROPERTY + ".nodes", "expected none with " + mode.text() + ", found \"" + policy.nodes().orElseThrow() + '"');
        }
        if (!without && mode != Mode.MPOL_PREFERRED && nodes.isEmpty()) {
            throw new SpecException(PROPERTY + ".nodes", "expected at least one with " + mode.text() + ", found none");
        }
        boolean fixed = policy.flags().contains(Flag.MPOL_F_STATIC_NODES);
        boolean relative = policy.flags().contains(Flag.MPOL_F_RELATIVE_NODES);
        if (fixed && relative) {
            throw new SpecException(PROPERTY + ".flags", "expected one of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES, found both");
        }
        if ((fixed || relative) && nodes.isEmpty()) {
            throw new SpecException(PROPERTY + ".flags", "expected neither MPOL_F_STATIC_NODES nor MPOL_F_RELATIVE_NODES without nodes");
        }
        if (policy.flags().contains(Flag.MPOL_F_NUMA_BALANCING) && mode != Mode.MPOL_BIND && mode != Mode.MPOL_PREFERRED_MANY) {
            throw new SpecException(PROPERTY + ".flags", "expected MPOL_F_NUMA_BALANCING with MPOL_BIND or MPOL_PREFERRED_MANY only, found it with "
                    + mode.text());
        }
        return new MemoryPolicyPlan(number(mode) | bits(policy), nodes);
    }

    /** linux/mempolicy.h. */
    private static int number(Mode mode) {
        return switch (mode) {
            case MPOL_DEFAULT -> 0;
            case MPOL_PREFERRED -> 1;
            case MPOL_BIND -> 2;
            case MPOL_INTERLEAVE -> 3;
            case MPOL_LOCAL -> 4;
            case MPOL_PREFERRED_MANY -> 5;
            case MPOL_WEIGHTED_INTERLEAVE -> 6;
        };
    }

    private static int bits(MemoryPolicy policy) {
        int bits = 0;
        for (Flag flag : policy.flags()) {
            bits |= switch (flag) {
                case MPOL_F_NUMA_BALANCING -> 1 << 13;
                case MPOL_F_RELATIVE_NODES -> 1 << 14;
                case MPOL_F_STATIC_NODES -> 1 << 15;
            };
        }
        return bits;
    }
}
