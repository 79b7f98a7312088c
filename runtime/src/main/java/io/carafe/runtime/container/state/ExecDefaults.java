package io.carafe.runtime.container.state;

import io.carafe.spec.process.Process;

/**
 * What a further process takes over from the container's own where its document says nothing, as in runc: else it would escape from
 * the confinement that the container was given.
 */
public final class ExecDefaults {

    private final Process from;

    private ExecDefaults(Process from) {
        this.from = from;
    }

    public static ExecDefaults of(Process containers) {
        return new ExecDefaults(containers);
    }

    /** The same process with the container's labels, capabilities, limits, scheduling and oom score where it has none. */
    public Process in(Process process) {
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
        if (process.capabilities().isEmpty() && from.capabilities().isPresent()) {
            whole = whole.withCapabilities(from.capabilities().get());
        }
        if (process.rlimits().isEmpty()) {
            whole = whole.withRlimits(from.rlimits());
        }
        if (process.oomScoreAdj().isEmpty()) {
            whole = whole.withOomScoreAdj(from.oomScoreAdj());
        }
        return whole;
    }
}
