package io.carafe.shim.sandbox.holder;

import io.carafe.runtime.init.namespace.IdMaps;
import java.util.List;
import java.util.Optional;

/**
 * Which namespaces a holder gets, and what is set in them.
 *
 * @param fresh flags CLONE_NEW… of those that are made; the mount namespace is always among them, and no container's
 * @param network the file of one to join
 * @param maps ids of the pod's user namespace: a fresh one, or, where {@code network} is there, the one that owns that, which must have them
 * @param hostname empty: as it is
 */
public record HolderPlan(long fresh, Optional<String> network, Optional<IdMaps> maps, String hostname, List<Parameter> parameters) {

    /** A file below /proc/sys and what is written there. */
    public record Parameter(String file, String value) {
    }

    public HolderPlan {
        parameters = List.copyOf(parameters);
    }
}
