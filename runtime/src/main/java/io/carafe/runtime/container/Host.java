package io.carafe.runtime.container;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Hierarchies;
import io.carafe.runtime.cgroup.limit.HugePages;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.systemd.SystemdHost;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.process.label.LabelPlan;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.spec.Config;
import java.util.Optional;

/**
 * What a plan needs to know of the machine and of the caller, probed once.
 *
 * @param capabilities what the caller may hand on, as a mask: permitted and in the bounding set
 * @param securityModules which are enabled; looked at only where the document has a label
 * @param resctrl where the resctrl file system is mounted; looked for only where the document has intelRdt
 * @param requiresCgroups whether one that the caller may not make is an error in any case
 * @param withoutCgroups the caller wants containers to stay in its own cgroups
 * @param systemd that is to make the cgroup; asked only where the caller wants that
 * @param trust in the document's annotations
 */
public record Host(int uid, int gid, long capabilities, Hierarchies hierarchies, SecurityModules securityModules,
        Optional<String> resctrl, boolean requiresCgroups, boolean withoutCgroups, Optional<SystemdHost> systemd,
        BehaviourAnnotation.Trust trust) {

    private static final long ALL_CAPABILITIES = -1;

    /** @param rootless whether to go without cgroups that the caller may not make; absent: where the caller is an ordinary user, or root of a user namespace */
    public static Host probe(Linux linux, Config config, Optional<Boolean> rootless) {
        boolean labels = config.process().filter(LabelPlan::asks).isPresent()
                || config.linux().flatMap(section -> section.mountLabel()).isPresent();
        int uid = linux.credentials.geteuid();
        Hierarchies hierarchies = Hierarchies.probe(linux, rootless.orElseGet(linux.credentials::isOrdinaryUser));
        if (HugePages.isAskedBy(config.linux().flatMap(section -> section.resources()))) {
            hierarchies = hierarchies.withHugePages(linux);
        }
        return new Host(uid, linux.credentials.getegid(),
                grantable(linux), hierarchies, labels ? SecurityModules.probe(linux) : SecurityModules.NONE,
                config.linux().flatMap(section -> section.intelRdt()).flatMap(asked -> new Resctrl(linux).mountPoint()),
                rootless.equals(Optional.of(false)), false, Optional.empty(), BehaviourAnnotation.Trust.NOTHING);
    }

    public Host withoutCgroups(boolean without) {
        return new Host(uid, gid, capabilities, hierarchies, securityModules, resctrl, requiresCgroups, without, systemd, trust);
    }

    public Host withSystemd(Optional<SystemdHost> systemd) {
        return new Host(uid, gid, capabilities, hierarchies, securityModules, resctrl, requiresCgroups, withoutCgroups, systemd,
                trust);
    }

    /** @param asked whether the caller stands behind the annotations */
    public Host trusting(Linux linux, boolean asked) {
        return new Host(uid, gid, capabilities, hierarchies, securityModules, resctrl, requiresCgroups, withoutCgroups, systemd,
                BehaviourAnnotation.Trust.of(linux, asked));
    }

    /** The same machine as its root would find it: to print a plan that an ordinary user could not carry out. */
    public Host asRoot() {
        return new Host(0, 0, ALL_CAPABILITIES, hierarchies.asRoot(), securityModules, resctrl, requiresCgroups, withoutCgroups, systemd,
                trust);
    }

    /** What the caller may hand on: permitted and in the bounding set. */
    static long grantable(Linux linux) {
        return linux.credentials.capget().permitted() & linux.credentials.boundingSet();
    }

    /** With what rights the maps of a user namespace are written. */
    IdMaps.Caller caller() {
        return caller(uid, gid, capabilities);
    }

    /** The same where nothing else is to be known. */
    static IdMaps.Caller caller(Linux linux) {
        return caller(linux.credentials.geteuid(), linux.credentials.getegid(), grantable(linux));
    }

    private static IdMaps.Caller caller(int uid, int gid, long capabilities) {
        return new IdMaps.Caller(uid, gid, uid == 0 || Capability.CAP_SETUID.isIn(capabilities), uid == 0 || Capability.CAP_SETGID.isIn(capabilities));
    }

    public boolean isRootless() {
        return uid != 0;
    }
}
