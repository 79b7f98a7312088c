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
 * @param asOrdinaryUser whether the caller has rights over the others through the container's user namespace alone
 * @param seccomp the container's filter
 */
public record JoinPlan(long namespaces, boolean asOrdinaryUser, ProcessPlan process, AttributesPlan attributes,
        Optional<SeccompPlan> seccomp) {

    boolean joinsPidNamespace() {
        return (namespaces & ProcessFlags.CLONE_NEWPID) != 0;
    }

    boolean joinsUserNamespace() {
        return (namespaces & ProcessFlags.CLONE_NEWUSER) != 0;
    }

    /** A pid namespace is that of children, and one that a user namespace owns can be joined from inside that alone (pid_namespaces(7)). */
    boolean needsForerunner() {
        return asOrdinaryUser && joinsPidNamespace() && joinsUserNamespace();
    }

    /** By the one setns(2); a pid namespace is its creator's business where nobody goes before. */
    long joinedAtOnce() {
        return needsForerunner() ? namespaces : namespaces & ~ProcessFlags.CLONE_NEWPID;
    }
}
