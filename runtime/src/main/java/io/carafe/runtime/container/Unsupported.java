package io.carafe.runtime.container;

import io.carafe.spec.Config;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.process.Process;
import java.util.function.Predicate;

/**
 * What the specification has and this version does not do: an error, never silence. A row goes when its property works.
 */
public enum Unsupported {
    SECCOMP("linux.seccomp", config -> linux(config, l -> l.seccomp().isPresent()));

    final String property;
    private final Predicate<Config> asks;

    Unsupported(String property, Predicate<Config> asks) {
        this.property = property;
        this.asks = asks;
    }

    /** Whether a property is among them; what is not in this list works. */
    public static boolean includes(String property) {
        for (Unsupported row : values()) {
            if (row.property.equals(property)) {
                return true;
            }
        }
        return false;
    }

    /** @throws SpecException for the first property that is asked for and not supported */
    static void refuse(Config config) {
        for (Unsupported row : values()) {
            if (row.asks.test(config)) {
                throw new SpecException(row.property, "is not supported yet by this version of carafe");
            }
        }
    }

    private static boolean process(Config config, Predicate<Process> asks) {
        return config.process().filter(asks).isPresent();
    }

    private static boolean linux(Config config, Predicate<Linux> asks) {
        return config.linux().filter(asks).isPresent();
    }
}
