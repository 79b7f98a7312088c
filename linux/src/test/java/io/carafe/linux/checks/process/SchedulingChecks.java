package io.carafe.linux.checks.process;

import static io.carafe.linux.abi.ProcessFlags.IOPRIO_CLASS_SHIFT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Scheduling.Attributes;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Child;
import io.carafe.linux.checks.Expect;
import java.util.List;

/** Scheduling: policy, CPUs, I/O priority, memory policy, personality. Each in a child, which keeps what it was given. */
public final class SchedulingChecks {

    private static final int SCHED_FIFO = 1;
    private static final int SCHED_BATCH = 3;
    private static final int IOPRIO_CLASS_IDLE = 3;
    private static final int MPOL_DEFAULT = 0;
    private static final int MPOL_BIND = 2;
    private static final int PER_LINUX32 = 8;

    private SchedulingChecks() {
    }

    public static List<Check> all() {
        return List.of(
                Check.alone("scheduling: sched_getattr gives what sched_setattr took", SchedulingChecks::attributes),
                Check.alone("scheduling: SCHED_FIFO without a priority is EINVAL", SchedulingChecks::noPriority),
                Check.alone("scheduling: a set of CPUs may be longer than the kernel's", SchedulingChecks::affinity),
                Check.alone("scheduling: ioprio_get gives what ioprio_set took", SchedulingChecks::ioPriority),
                Check.alone("scheduling: a memory policy is in numa_maps", SchedulingChecks::memoryPolicy),
                Check.alone("scheduling: the personality is in /proc", SchedulingChecks::personality));
    }

    private static void attributes(Linux linux) {
        Child.run(linux, child -> {
            Attributes batch = new Attributes(SCHED_BATCH, 1, 5, 0, 0, 0, 0);
            child.scheduling.setattr(0, batch);
            Attributes got = child.scheduling.getattr(child.processes.getpid());
            Expect.equal(batch, new Attributes(got.policy(), got.flags(), got.nice(), got.priority(), 0, 0, 0));
        });
        Expect.fails(Errno.ESRCH, () -> linux.scheduling.getattr(Integer.MAX_VALUE));
    }

    private static void noPriority(Linux linux) {
        Child.run(linux, child -> Expect.fails(Errno.EINVAL, () -> child.scheduling.setattr(0, new Attributes(SCHED_FIFO, 0, 0, 0, 0, 0, 0))));
    }

    private static String status(Linux linux, String field) {
        String status = linux.files.readText(Fd.CWD, "/proc/self/status");
        int at = status.indexOf("\n" + field + ":\t") + field.length() + 3;
        return status.substring(at, status.indexOf('\n', at));
    }

    private static void affinity(Linux linux) {
        int first = Integer.parseInt(status(linux, "Cpus_allowed_list").split("[-,]")[0]);
        Expect.needs(first < Long.SIZE, "the first CPU of this process is beyond 63");
        Child.run(linux, child -> {
            long[] cpus = new long[2000];
            cpus[0] = 1L << first;
            cpus[1999] = 1;
            child.scheduling.setaffinity(0, cpus);
            Expect.equal(Integer.toString(first), status(child, "Cpus_allowed_list"));
            cpus[0] = 0;
            Expect.fails(Errno.EINVAL, () -> child.scheduling.setaffinity(0, cpus));
        });
    }

    private static void ioPriority(Linux linux) {
        Child.run(linux, child -> {
            child.scheduling.setIoPriority(0, IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT | 7);
            Expect.equal(IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT | 7, child.scheduling.getIoPriority(child.processes.getpid()));
            Expect.fails(Errno.EINVAL, () -> child.scheduling.setIoPriority(0, 7 << IOPRIO_CLASS_SHIFT));
        });
    }

    private static void memoryPolicy(Linux linux) {
        Expect.needs(linux.files.readIfPresent(Fd.CWD, "/proc/self/numa_maps").isPresent(), "this kernel has no NUMA");
        Child.run(linux, child -> {
            child.scheduling.setMempolicy(MPOL_BIND, new long[] {1});
            Expect.isTrue(child.files.readText(Fd.CWD, "/proc/self/numa_maps").contains(" bind:0 "), "not in numa_maps");
            child.scheduling.setMempolicy(MPOL_DEFAULT, new long[0]);
            Expect.isTrue(child.files.readText(Fd.CWD, "/proc/self/numa_maps").contains(" default "), "not the default again");
            Expect.fails(Errno.EINVAL, () -> child.scheduling.setMempolicy(MPOL_BIND, new long[0]));
            Expect.fails(Errno.EINVAL, () -> child.scheduling.setMempolicy(MPOL_BIND, new long[] {0, 1L << 40}));
        });
    }

    private static void personality(Linux linux) {
        Child.run(linux, child -> {
            long before = child.scheduling.personality(PER_LINUX32);
            Expect.equal((long) PER_LINUX32, child.scheduling.personality(before));
            Expect.equal(before, child.scheduling.personality(before));
        });
    }
}
