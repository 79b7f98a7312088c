package io.carafe.spec.linux;

import java.util.List;
import java.util.Optional;

/**
 * A class of service of Intel's Resource Director Technology.
 *
 * @param schemata lines for the file of that name, written last
 * @see "runtime-spec config-linux.md, IntelRdt"
 */
public record IntelRdt(
        Optional<String> closID,
        List<String> schemata,
        Optional<String> l3CacheSchema,
        Optional<String> memBwSchema,
        boolean enableMonitoring) {

    public IntelRdt {
        schemata = List.copyOf(schemata);
    }
}
