package io.carafe.runtime.init.attribute;

import io.carafe.runtime.process.label.LabelPlan;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.runtime.process.scheduling.SchedulingPlan;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.process.Process;
import java.util.Optional;

/**
 * The attributes of a process, decided before it exists; its limits are in its ProcessPlan.
 *
 * @param keyring name of the session keyring; empty leaves the caller's
 * @param byParent whether limits, scheduler and I/O priority are the parent's to set: what they need (CAP_SYS_RESOURCE, CAP_SYS_NICE) counts
 *     in the first user namespace only, so a child in another has it no more. An ordinary parent has no more than its child
 */
public record AttributesPlan(SchedulingPlan scheduling, LabelPlan labels, Optional<String> keyring, boolean byParent) {

    /**
     * What the container says for all of its processes.
     *
     * @param keyring see {@link AttributesPlan}
     */
    public record OfContainer(Optional<MemoryPolicy> memoryPolicy, Optional<Personality> personality, Optional<String> keyring) {
    }

    /**
     * A real-time policy needs its cgroup's real-time bandwidth, which the parent gives it while the child mounts; and what a child does not
     * inherit cannot be set by who goes before it.
     */
    boolean scheduledByParent() {
        return byParent || scheduling.isRealTime() || scheduling.isResetOnFork();
    }

    /**
     * Decides.
     *
     * @param property where the process stands in its document, for complaints: {@code process}
     * @throws io.carafe.spec.json.SpecException the first complaint
     */
    public static AttributesPlan of(Process process, OfContainer container, SecurityModules enabled, boolean byParent, String property) {
        return new AttributesPlan(SchedulingPlan.of(process, container.memoryPolicy(), container.personality(), property),
                LabelPlan.of(process, enabled, property), container.keyring(), byParent);
    }
}
