package io.carafe.runtime.process.scheduling;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Arrays;

/** Performs a {@link SchedulingPlan}; a call for what is asked for, none else. */
public final class ProcessScheduling {

    private static final int SELF = 0;
    /** NR_CPUS of the largest kernels (CONFIG_MAXSMP). */
    private static final int MOST_CPUS = 8192;

    private final Linux linux;
    private final SchedulingPlan plan;

    public ProcessScheduling(Linux linux, SchedulingPlan plan) {
        this.linux = linux;
        this.plan = plan;
    }

    /** Of the caller, which its child inherits: in exec's parent, before there is a child that could be born in the container's cgroup. */
    public void restrictInitially() {
        plan.initialCpus().ifPresent(cpus -> restrict(cpus, "initial"));
    }

    /** Of the caller, after it has joined the container's cgroup. */
    public void restrictFinally() {
        if (plan.initialCpus().isEmpty() && plan.finalCpus().isEmpty()) {
            lift();
        }
        plan.finalCpus().ifPresent(cpus -> restrict(cpus, "final"));
    }

    /**
     * Of the caller, after it has joined the container's cgroup: all CPUs of its cpuset, whatever the runtime was confined to. The set has
     * more than there are, so that one that is plugged in later, or comes into the cpuset, counts too (Linux 6.2).
     */
    public void lift() {
        long[] all = new long[MOST_CPUS / Long.SIZE];
        Arrays.fill(all, -1);
        try {
            linux.scheduling.setaffinity(SELF, all);
        } catch (KernelException e) {
            // A seccomp filter that the runtime itself is under, as a service's SystemCallFilter=~@resources: who wrote it wants that it stays.
            if (!e.is(Errno.EPERM) && !e.is(Errno.ENOSYS)) {
                throw e;
            }
        }
    }

    private void restrict(NumberList cpus, String property) {
        try {
            linux.scheduling.setaffinity(SELF, cpus.words());
        } catch (KernelException e) {
            throw e.during("process.execCPUAffinity." + property).hint(Errno.EINVAL, "none of these CPUs is there and in the cpuset");
        }
    }

    /** Scheduler and I/O priority of the caller. */
    public void schedule() {
        schedule(SELF);
    }

    /** Scheduler and I/O priority of a child, with the rights of the caller. */
    public void schedule(int pid) {
        plan.scheduler().ifPresent(attributes -> {
            try {
                linux.scheduling.setattr(pid, attributes);
            } catch (KernelException e) {
                throw e.during("process.scheduler").hint(Errno.EPERM, "it needs CAP_SYS_NICE; a real-time policy, a cgroup with real-time bandwidth; "
                        + "SCHED_DEADLINE, a cpuset of every CPU")
                        .hint(Errno.EBUSY, "the CPUs have no such bandwidth left").hint(Errno.EOPNOTSUPP, "this kernel has no utilization clamps");
            }
        });
        plan.ioPriority().ifPresent(ioPriority -> {
            try {
                linux.scheduling.setIoPriority(pid, ioPriority);
            } catch (KernelException e) {
                throw e.during("process.ioPriority").hint(Errno.EPERM, "IOPRIO_CLASS_RT needs CAP_SYS_NICE or CAP_SYS_ADMIN");
            }
        });
    }

    /** Personality and memory policy, which every process sets for itself alone. */
    public void adopt() {
        plan.personality().ifPresent(personality -> {
            try {
                linux.scheduling.personality(personality);
            } catch (KernelException e) {
                throw e.during("linux.personality");
            }
        });
        plan.memoryPolicy().ifPresent(policy -> {
            try {
                linux.scheduling.setMempolicy(policy.mode(), policy.nodes().words());
            } catch (KernelException e) {
                throw e.during("linux.memoryPolicy").hint(Errno.EINVAL, "none of these nodes is there and in the cpuset, or this kernel lacks the mode")
                        .hint(Errno.ENOSYS, "this kernel has no NUMA");
            }
        });
    }
}
