package io.carafe.runtime.process.scheduling;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.process.Scheduling.Attributes;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.process.IoPriority;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything that is decided about the scheduling of a process before it exists.
 *
 * @param scheduler for sched_setattr(2)
 * @param ioPriority for ioprio_set(2)
 * @param personality for personality(2)
 * @param initialCpus of exec's parent, before the process joins the container's cgroup
 * @param finalCpus of exec's process, after it has joined
 */
public record SchedulingPlan(Optional<Attributes> scheduler, OptionalInt ioPriority, OptionalInt personality,
        Optional<MemoryPolicyPlan> memoryPolicy, Optional<NumberList> initialCpus, Optional<NumberList> finalCpus) {

    private static final int LOWEST_NICE = -20;
    private static final int HIGHEST_NICE = 19;
    private static final int HIGHEST_PRIORITY = 99;
    private static final int HIGHEST_IO_PRIORITY = 7;
    /** The kernel's resolution of bandwidth: DL_SCALE. */
    private static final long LEAST_RUNTIME_NANOS = 1024;
    private static final int PER_LINUX = 0;
    private static final int PER_LINUX32 = 8;

    /**
     * Decides. CPUs are those of exec only: a container's init ignores them (config.md, execCPUAffinity).
     *
     * @param property where the process stands in its document, for complaints: {@code process}
     * @throws SpecException for what sched_setattr(2), ioprio_set(2) and set_mempolicy(2) rule out
     */
    public static SchedulingPlan of(Process process, Optional<MemoryPolicy> memoryPolicy, Optional<Personality> personality, String property) {
        String affinity = property + ".execCPUAffinity.";
        return new SchedulingPlan(process.scheduler().map(scheduler -> attributes(scheduler, property + ".scheduler")),
                process.ioPriority().isPresent() ? OptionalInt.of(ioPriority(process.ioPriority().get(), property)) : OptionalInt.empty(),
                personality.isPresent() ? OptionalInt.of(personality(personality.get())) : OptionalInt.empty(),
                memoryPolicy.map(MemoryPolicyPlan::of),
                process.execCPUAffinity().flatMap(cpus -> cpus.initial()).map(text -> NumberList.parse(text, affinity + "initial")),
                process.execCPUAffinity().flatMap(cpus -> cpus.last()).map(text -> NumberList.parse(text, affinity + "final")));
    }

    /** Whether the policy is SCHED_FIFO, SCHED_RR or SCHED_DEADLINE. */
    public boolean isRealTime() {
        return scheduler.isPresent() && (scheduler.get().priority() != 0 || scheduler.get().deadlineNanos() != 0);
    }

    /** Whether a child begins with SCHED_OTHER again. */
    public boolean isResetOnFork() {
        return scheduler.isPresent() && (scheduler.get().flags() & SchedulerPolicy.bits(List.of(Scheduler.Flag.SCHED_FLAG_RESET_ON_FORK))) != 0;
    }

    private static Attributes attributes(Scheduler scheduler, String property) {
        SchedulerPolicy policy = SchedulerPolicy.of(scheduler);
        if (policy == SchedulerPolicy.ISO) {
            throw new SpecException(property + ".policy", "SCHED_ISO is a reserved number, which no kernel implements");
        }
        if (scheduler.nice() < LOWEST_NICE || scheduler.nice() > HIGHEST_NICE) {
            throw new SpecException(property + ".nice", "expected -20 to 19, found " + scheduler.nice());
        }
        // With these two the kernel takes some or all parameters from the process as it is (sched_setattr(2)).
        boolean kept = scheduler.flags().contains(Scheduler.Flag.SCHED_FLAG_KEEP_POLICY)
                || scheduler.flags().contains(Scheduler.Flag.SCHED_FLAG_KEEP_PARAMS);
        if (!kept) {
            requirePriority(scheduler, policy, property);
            requireDeadline(scheduler, policy, property);
        }
        return new Attributes(policy.number, SchedulerPolicy.bits(scheduler.flags()), scheduler.nice(), scheduler.priority(), scheduler.runtime(),
                scheduler.deadline(), scheduler.period());
    }

    private static void requirePriority(Scheduler scheduler, SchedulerPolicy policy, String property) {
        boolean realtime = policy.needs == SchedulerPolicy.Needs.PRIORITY;
        if (realtime && (scheduler.priority() < 1 || scheduler.priority() > HIGHEST_PRIORITY)) {
            throw new SpecException(property + ".priority", "expected 1 to 99 with " + scheduler.policy().text() + ", found " + scheduler.priority());
        }
        if (!realtime && scheduler.priority() != 0) {
            throw new SpecException(property + ".priority", "expected none but with SCHED_FIFO and SCHED_RR, found " + scheduler.priority());
        }
    }

    private static void requireDeadline(Scheduler scheduler, SchedulerPolicy policy, String property) {
        if (policy.needs != SchedulerPolicy.Needs.DEADLINE) {
            if (scheduler.runtime() != 0 || scheduler.deadline() != 0 || scheduler.period() != 0) {
                throw new SpecException(property, "expected runtime, deadline and period with SCHED_DEADLINE only, found them with "
                        + scheduler.policy().text());
            }
            return;
        }
        // The kernel keeps the highest bit for itself; so signed comparisons will do.
        if (scheduler.runtime() < LEAST_RUNTIME_NANOS) {
            throw new SpecException(property + ".runtime", "expected at least " + LEAST_RUNTIME_NANOS + " and less than 2^63 nanoseconds, found "
                    + Long.toUnsignedString(scheduler.runtime()));
        }
        if (scheduler.deadline() < scheduler.runtime()) {
            throw new SpecException(property + ".deadline", "expected at least runtime and less than 2^63 nanoseconds, found "
                    + Long.toUnsignedString(scheduler.deadline()));
        }
        if (scheduler.period() != 0 && scheduler.period() < scheduler.deadline()) {
            throw new SpecException(property + ".period", "expected 0, or at least deadline and less than 2^63 nanoseconds, found "
                    + Long.toUnsignedString(scheduler.period()));
        }
    }

    private static int ioPriority(IoPriority ioPriority, String property) {
        if (ioPriority.priority() < 0 || ioPriority.priority() > HIGHEST_IO_PRIORITY) {
            throw new SpecException(property + ".ioPriority.priority", "expected 0 to 7, found " + ioPriority.priority());
        }
        int ioClass = switch (ioPriority.ioClass()) {
            case IOPRIO_CLASS_RT -> 1;
            case IOPRIO_CLASS_BE -> 2;
            case IOPRIO_CLASS_IDLE -> 3;
        };
        return ioClass << ProcessFlags.IOPRIO_CLASS_SHIFT | ioPriority.priority();
    }

    private static int personality(Personality personality) {
        if (!personality.flags().isEmpty()) {
            throw new SpecException("linux.personality.flags", "the specification knows none yet, found \"" + personality.flags().get(0) + '"');
        }
        return switch (personality.domain()) {
            case LINUX -> PER_LINUX;
            case LINUX32 -> PER_LINUX32;
        };
    }
}
