package io.carafe.spec.linux;

import java.util.List;

/**
 * What personality(2) is to set.
 *
 * @param flags the specification knows none yet
 * @see "runtime-spec config-linux.md, Personality"
 */
public record Personality(Domain domain, List<String> flags) {

    public Personality {
        flags = List.copyOf(flags);
    }

    /** The execution domains, personality(2). */
    public enum Domain {
        LINUX,
        LINUX32;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }
}
