package io.carafe.runtime.container;

import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.init.namespace.Forerunner;
import java.util.Optional;

/**
 * What a create leaves to systemd; {@link #NONE}: nothing.
 *
 * <p>A scope begins with a process, so the cgroup cannot be there before the first of them. A forerunner is moved into it, and the init
 * is its child. What systemd does not know of (hierarchies of v1, controllers of v2) is made and joined as without it.
 */
record SystemdsPart(Optional<Systemd> systemd) implements AutoCloseable {

    static final SystemdsPart NONE = new SystemdsPart(Optional.empty());

    static SystemdsPart connect(Linux linux) {
        return new SystemdsPart(Optional.of(Systemd.connect(linux)));
    }

    Host known(Host host) {
        return systemd.isPresent() ? host.withSystemd(systemd.get().host()) : host;
    }

    /** The container's cgroup; that of a scope is not there before its first process is {@link #placement placed}. */
    Cgroup make(Linux linux, ContainerPlan plan, Undo undo) {
        return systemd.isPresent() ? Cgroup.inScope(linux, plan.cgroup())
                : undo.onFailure(Cgroup.make(linux, plan.cgroup()), Cgroup::remove);
    }

    Optional<Forerunner.Placement> placement(Linux linux, ContainerPlan plan, Cgroup cgroup, Undo undo) {
        return systemd.map(asked -> new Forerunner.Placement(pid -> {
            ScopePlan scope = plan.scope().orElseThrow();
            asked.start(scope, pid);
            // Not before: a unit of that name may be another's.
            undo.onFailure(cgroup, Cgroup::remove);
            undo.onFailure(() -> asked.stop(scope.unit()));
            cgroup.makeRest();
        }, () -> {
            // By itself: its parent's descriptors of these files are younger than it is.
            try (Cgroup made = Cgroup.of(linux, plan.cgroup().paths()).open()) {
                made.join();
            }
        }));
    }

    @Override
    public void close() {
        systemd.ifPresent(Systemd::close);
    }
}
