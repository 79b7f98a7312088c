package io.carafe.runtime.container.state;

import io.carafe.spec.process.Process;
import java.util.Optional;

/**
 * What a further process takes over from the container's own where its document says nothing, as in runc: else it would escape from
 * the confinement that the container was given.
 */
public final class ContainersDefaults {

    private final Optional<Process> containers;

    private ContainersDefaults(Optional<Process> containers) {
        this.containers = containers;
    }

    public static ContainersDefaults of(Optional<Process> containers) {
        return new ContainersDefaults(containers);
    }

    /** The same process with the container's labels, scheduling and oom score where it has none. */
    public Process in(Process process) {
        if (containers.isEmpty()) {
            return process;
        }
        Process from = containers.get();
        Process whole = process;
        if (process.apparmorProfile().isEmpty() && from.apparmorProfile().isPresent()) {
            whole = whole.withApparmorProfile(from.apparmorProfile().get());
        }
        if (process.selinuxLabel().isEmpty() && from.selinuxLabel().isPresent()) {
            whole = whole.withSelinuxLabel(from.selinuxLabel().get());
        }
        if (process.scheduler().isEmpty() && from.scheduler().isPresent()) {
            whole = whole.withScheduler(from.scheduler().get());
        }
        if (process.ioPriority().isEmpty() && from.ioPriority().isPresent()) {
            whole = whole.withIoPriority(from.ioPriority().get());
        }
        if (process.execCPUAffinity().isEmpty() && from.execCPUAffinity().isPresent()) {
            whole = whole.withExecCPUAffinity(from.execCPUAffinity().get());
        }
        if (process.oomScoreAdj().isEmpty()) {
            whole = whole.withOomScoreAdj(from.oomScoreAdj());
        }
        return whole;
    }
}
