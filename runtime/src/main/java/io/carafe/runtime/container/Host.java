package io.carafe.runtime.container;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Hierarchies;

/**
 * What a plan needs to know of the machine and of the caller, probed once.
 *
 * @param capabilities what the caller may hand on, as a mask: permitted and in the bounding set
 */
public record Host(int uid, int gid, long capabilities, Hierarchies hierarchies) {

    public static Host probe(Linux linux) {
        return new Host(linux.credentials.geteuid(), linux.credentials.getegid(),
                grantable(linux), Hierarchies.probe(linux));
    }

    /** What the caller may hand on: permitted and in the bounding set. */
    static long grantable(Linux linux) {
        return linux.credentials.capget().permitted() & linux.credentials.boundingSet();
    }

    public boolean isRootless() {
        return uid != 0;
    }
}
