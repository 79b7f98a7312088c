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
                linux.credentials.capget().permitted() & linux.credentials.boundingSet(), Hierarchies.probe(linux));
    }

    public boolean isRootless() {
        return uid != 0;
    }
}
