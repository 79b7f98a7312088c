package io.carafe.runtime.init;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.spec.Hooks;
import io.carafe.spec.state.State;
import java.util.Optional;

/**
 * Everything that a container's init does, decided before it exists.
 *
 * @param namespaces the new ones, as CLONE_NEW… bits, all but the cgroup namespace
 * @param cgroupNamespace a new one, made after the cgroups are joined, so that they are its root
 * @param maps of a new user namespace
 * @param loopback whether to bring up {@code lo}: with a new network namespace
 * @param hooks the init runs createContainer and startContainer itself, and waits for the parent's prestart and createRuntime
 * @param state for the hooks: of the moment before the init exists
 */
public record InitPlan(long namespaces, boolean cgroupNamespace, Optional<IdMaps> maps, boolean loopback, Optional<String> hostname,
        Optional<String> domainname, RootfsPlan rootfs, ProcessPlan process, Hooks hooks, State state) {

    /** All the container's own, as CLONE_NEW… bits. */
    public long ownNamespaces() {
        return namespaces | (cgroupNamespace ? ProcessFlags.CLONE_NEWCGROUP : 0);
    }

    /** Whether the parent has something to run when all is mounted. */
    boolean waitsForParentsHooks() {
        return !hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty();
    }
}
