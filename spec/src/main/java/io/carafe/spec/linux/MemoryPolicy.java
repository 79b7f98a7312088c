package io.carafe.spec.linux;

import java.util.List;
import java.util.Optional;

/**
 * What set_mempolicy(2) is to set.
 *
 * @param nodes a list such as {@code 0-3,7}
 * @see "runtime-spec config-linux.md, Memory policy"
 */
public record MemoryPolicy(Mode mode, Optional<String> nodes, List<Flag> flags) {

    public MemoryPolicy {
        flags = List.copyOf(flags);
    }

    /** The modes of set_mempolicy(2). */
    public enum Mode {
        MPOL_DEFAULT,
        MPOL_BIND,
        MPOL_INTERLEAVE,
        MPOL_WEIGHTED_INTERLEAVE,
        MPOL_PREFERRED,
        MPOL_PREFERRED_MANY,
        MPOL_LOCAL;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }

    /** The mode flags of set_mempolicy(2). */
    public enum Flag {
        MPOL_F_NUMA_BALANCING,
        MPOL_F_RELATIVE_NODES,
        MPOL_F_STATIC_NODES;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }
}
