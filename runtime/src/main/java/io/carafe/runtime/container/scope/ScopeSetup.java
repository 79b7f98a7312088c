package io.carafe.runtime.container.scope;

import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPlan;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.cgroup.systemd.SystemdHost;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import java.util.Optional;

/**
 * What a create leaves to systemd; {@link #NONE}: nothing.
 *
 * <p>A scope begins with a process, so the cgroup cannot be there before the first of them. An intermediate process is moved into it, and the init
 * is its child. What systemd does not know of (hierarchies of v1, controllers of v2) is made and joined as without it.
 */
public record ScopeSetup(Optional<Systemd> systemd) implements AutoCloseable {

    public static final ScopeSetup NONE = new ScopeSetup(Optional.empty());

    public static ScopeSetup connect(Linux linux) {
        return new ScopeSetup(Optional.of(Systemd.connect(linux)));
    }

    /** What a plan needs to know of it. */
    public Optional<SystemdHost> host() {
        return systemd.map(Systemd::host);
    }

    /** The container's cgroup; that of a scope is not there before its first process is {@link #placement placed}. */
    public Cgroup make(Linux linux, CgroupPlan plan, Undo undo) {
        return systemd.isPresent() ? Cgroup.inScope(linux, plan)
                : undo.onFailure(Cgroup.make(linux, plan), Cgroup::remove);
    }

    /** @param scope decided on wherever there is a {@link #host} */
    public Optional<IntermediateProcess.Placement> placement(Linux linux, Optional<ScopePlan> scope, CgroupPlan plan, Cgroup cgroup,
            Undo undo) {
        return systemd.map(asked -> new IntermediateProcess.Placement(pid -> {
            ScopePlan started = scope.orElseThrow();
            asked.start(started, pid);
            // Not before: a unit of that name may be another's.
            undo.onFailure(cgroup, Cgroup::remove);
            undo.onFailure(() -> asked.stop(started.unit()));
            cgroup.makeRest(plan);
        }, () -> {
            // By itself: its parent's descriptors of these files are younger than it is.
            try (Cgroup made = Cgroup.of(linux, cgroup.paths()).open()) {
                made.join();
            }
        }));
    }

    @Override
    public void close() {
        systemd.ifPresent(Systemd::close);
    }
}
