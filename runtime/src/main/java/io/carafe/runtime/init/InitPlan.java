package io.carafe.runtime.init;

import io.carafe.runtime.init.attribute.AttributesPlan;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.init.netdevice.NetDevicesPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.Hooks;
import io.carafe.spec.state.State;
import java.util.Optional;

/**
 * Everything that a container's init does, decided before it exists.
 *
 * @param netDevices that the parent gives it
 * @param hooks the init runs createContainer and startContainer itself, and waits for the parent's prestart and createRuntime
 * @param seccomp the filter that its program runs under
 * @param state for the hooks: of the moment before the init exists
 */
public record InitPlan(NamespacesPlan namespaces, Optional<String> hostname, Optional<String> domainname, NetDevicesPlan netDevices,
        RootfsPlan rootfs, ProcessPlan process, AttributesPlan attributes, Optional<SeccompPlan> seccomp, Hooks hooks, State state) {

    /** Whether to bring up {@code lo}: in a network namespace that nobody else has furnished. */
    public boolean loopback() {
        return namespaces.isFresh(NamespaceKind.NETWORK);
    }

    /** Whether the init is root already when it is cloned, or waits for that until its parent has written the maps. */
    boolean waitsForMaps() {
        return namespaces.isFresh(NamespaceKind.USER) && !namespaces.needsIntermediate();
    }

    /** Whether the parent has something to run when all is mounted. */
    boolean waitsForParentsHooks() {
        return !hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty();
    }
}
