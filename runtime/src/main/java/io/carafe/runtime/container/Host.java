package io.carafe.runtime.container;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Hierarchies;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.process.Capability;

/**
 * What a plan needs to know of the machine and of the caller, probed once.
 *
 * @param capabilities what the caller may hand on, as a mask: permitted and in the bounding set
 * @param withoutCgroups the caller wants containers to stay in its own cgroups
 */
public record Host(int uid, int gid, long capabilities, Hierarchies hierarchies, boolean withoutCgroups) {

    private static final long ALL_CAPABILITIES = -1;

    public static Host probe(Linux linux) {
        return new Host(linux.credentials.geteuid(), linux.credentials.getegid(),
                grantable(linux), Hierarchies.probe(linux), false);
    }

    public Host withoutCgroups(boolean without) {
        return new Host(uid, gid, capabilities, hierarchies, without);
    }

    /** The same machine as its root would find it: to print a plan that an ordinary user could not carry out. */
    public Host asRoot() {
        return new Host(0, 0, ALL_CAPABILITIES, hierarchies.asRoot(), withoutCgroups);
    }

    /** What the caller may hand on: permitted and in the bounding set. */
    static long grantable(Linux linux) {
        return linux.credentials.capget().permitted() & linux.credentials.boundingSet();
    }

    /** With what rights the maps of a user namespace are written. */
    IdMaps.Caller caller() {
        return new IdMaps.Caller(uid, gid, uid == 0 || Capability.CAP_SETUID.isIn(capabilities), uid == 0 || Capability.CAP_SETGID.isIn(capabilities));
    }

    public boolean isRootless() {
        return uid != 0;
    }
}
