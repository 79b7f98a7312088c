package io.carafe.runtime.init;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.init.attribute.AttributesPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.seccomp.SeccompPlan;
import java.util.Optional;

/**
 * A further process of a running container, decided before it exists.
 *
 * @param namespaces all that are not the caller's, as CLONE_NEW… bits
 * @param seccomp the container's filter
 */
public record JoinPlan(long namespaces, ProcessPlan process, AttributesPlan attributes,
        Optional<SeccompPlan> seccomp) {

    boolean joinsUserNamespace() {
        return (namespaces & ProcessFlags.CLONE_NEWUSER) != 0;
    }
}
