package io.carafe.runtime.init;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.process.ProcessPlan;

/**
 * A further process of a running container, decided before it exists.
 *
 * @param namespaces the container's own, as CLONE_NEW… bits
 */
public record JoinPlan(long namespaces, ProcessPlan process) {

    boolean joinsPidNamespace() {
        return (namespaces & ProcessFlags.CLONE_NEWPID) != 0;
    }

    boolean joinsUserNamespace() {
        return (namespaces & ProcessFlags.CLONE_NEWUSER) != 0;
    }

    /** All at once; the pid namespace is its creator's business, since it is that of children (pid_namespaces(7)). */
    long joinedByItself() {
        return namespaces & ~ProcessFlags.CLONE_NEWPID;
    }
}
