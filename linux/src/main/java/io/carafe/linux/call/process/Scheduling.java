package io.carafe.linux.call.process;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Struct.SchedAttr;
import io.carafe.linux.abi.Sys;

/**
 * Scheduling of a process: sched_setattr(2), sched_setaffinity(2), ioprio_set(2), set_mempolicy(2), personality(2).
 *
 * <p>A pid of 0 is the caller. A set of CPUs or of memory nodes is an array of words of 64 bits, the lowest first, as long as it needs to be.
 */
public final class Scheduling {

    private final Kernel kernel;
    private final Memory memory;

    public Scheduling(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** struct sched_attr without the clamps, which are 0. Times in nanoseconds, unsigned. */
    public record Attributes(int policy, long flags, int nice, int priority, long runtimeNanos, long deadlineNanos, long periodNanos) {
    }

    /**
     * sched_setattr(2), Linux 3.14; with the clamps' fields, Linux 5.3.
     *
     * @throws KernelException EPERM without CAP_SYS_NICE in the first user namespace, for what that protects, or for SCHED_DEADLINE where the process may
     *     not run on every CPU; EBUSY when SCHED_DEADLINE is not admitted; EINVAL; EOPNOTSUPP for clamps that the kernel lacks
     */
    public void setattr(int pid, Attributes attributes) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(SchedAttr.SIZE);
            kernel.putInt(attr + SchedAttr.LENGTH, SchedAttr.SIZE);
            kernel.putInt(attr + SchedAttr.POLICY, attributes.policy());
            kernel.putLong(attr + SchedAttr.FLAGS, attributes.flags());
            kernel.putInt(attr + SchedAttr.NICE, attributes.nice());
            kernel.putInt(attr + SchedAttr.PRIORITY, attributes.priority());
            kernel.putLong(attr + SchedAttr.RUNTIME, attributes.runtimeNanos());
            kernel.putLong(attr + SchedAttr.DEADLINE, attributes.deadlineNanos());
            kernel.putLong(attr + SchedAttr.PERIOD, attributes.periodNanos());
            check("sched_setattr", kernel.call(Sys.SCHED_SETATTR.nr, pid, attr, 0));
        }
    }

    /** sched_getattr(2). @throws KernelException ESRCH */
    public Attributes getattr(int pid) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(SchedAttr.SIZE);
            check("sched_getattr", kernel.call(Sys.SCHED_GETATTR.nr, pid, attr, SchedAttr.SIZE, 0));
            return new Attributes(kernel.getInt(attr + SchedAttr.POLICY), kernel.getLong(attr + SchedAttr.FLAGS),
                    kernel.getInt(attr + SchedAttr.NICE), kernel.getInt(attr + SchedAttr.PRIORITY), kernel.getLong(attr + SchedAttr.RUNTIME),
                    kernel.getLong(attr + SchedAttr.DEADLINE), kernel.getLong(attr + SchedAttr.PERIOD));
        }
    }

    /**
     * sched_setaffinity(2). Bits above the kernel's last CPU are ignored.
     *
     * @throws KernelException EINVAL when no CPU of the set is there and allowed by the cpuset; EPERM; ESRCH
     */
    public void setaffinity(int pid, long[] cpus) {
        try (Memory.Frame frame = memory.frame()) {
            check("sched_setaffinity", kernel.call(Sys.SCHED_SETAFFINITY.nr, pid, (long) cpus.length * Long.BYTES, words(frame, cpus)));
        }
    }

    /** ioprio_get(2) with IOPRIO_WHO_PROCESS: the class above {@link ProcessFlags#IOPRIO_CLASS_SHIFT}, the priority below. */
    public int getIoPriority(int pid) {
        return (int) check("ioprio_get", kernel.call(Sys.IOPRIO_GET.nr, ProcessFlags.IOPRIO_WHO_PROCESS, pid));
    }

    /** ioprio_set(2) with IOPRIO_WHO_PROCESS. @throws KernelException EPERM without CAP_SYS_NICE for the realtime class; EINVAL; ESRCH */
    public void setIoPriority(int pid, int ioPriority) {
        check("ioprio_set", kernel.call(Sys.IOPRIO_SET.nr, ProcessFlags.IOPRIO_WHO_PROCESS, pid, ioPriority));
    }

    /**
     * set_mempolicy(2) of the caller; children inherit it, and it outlives execve(2).
     *
     * @param mode MPOL_… with its flags
     * @throws KernelException EINVAL for a mode that the kernel lacks, or when no node of the set is there and allowed by the cpuset; ENOSYS
     *     without CONFIG_NUMA
     */
    public void setMempolicy(int mode, long[] nodes) {
        try (Memory.Frame frame = memory.frame()) {
            // One more than the bits that there are: the kernel counts to maxnode - 1 (set_mempolicy(2), Bugs).
            long maxnode = nodes.length == 0 ? 0 : nodes.length * (long) Long.SIZE + 1;
            check("set_mempolicy", kernel.call(Sys.SET_MEMPOLICY.nr, mode, words(frame, nodes), maxnode));
        }
    }

    /** personality(2). @return the one before. @throws KernelException EINVAL */
    public long personality(long persona) {
        return check("personality", kernel.call(Sys.PERSONALITY.nr, persona));
    }

    private long words(Memory.Frame frame, long[] words) {
        if (words.length == 0) {
            return 0;
        }
        long at = frame.raw((long) words.length * Long.BYTES);
        for (int i = 0; i < words.length; i++) {
            kernel.putLong(at + (long) i * Long.BYTES, words[i]);
        }
        return at;
    }
}
