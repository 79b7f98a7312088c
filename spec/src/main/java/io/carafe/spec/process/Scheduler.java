package io.carafe.spec.process;

import java.util.List;

/**
 * What sched_setattr(2) is to set. Times in nanoseconds, unsigned 64 bits. Properties absent in the document are 0.
 *
 * @see "runtime-spec config.md, Linux Process, scheduler"
 */
public record Scheduler(Policy policy, int nice, int priority, List<Flag> flags, long runtime, long deadline, long period) {

    public Scheduler {
        flags = List.copyOf(flags);
    }

    /** The scheduling policies, sched(7). */
    public enum Policy {
        SCHED_OTHER,
        SCHED_FIFO,
        SCHED_RR,
        SCHED_BATCH,
        SCHED_ISO,
        SCHED_IDLE,
        SCHED_DEADLINE;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }

    /** The bits of {@code sched_flags}, sched_setattr(2). */
    public enum Flag {
        SCHED_FLAG_RESET_ON_FORK,
        SCHED_FLAG_RECLAIM,
        SCHED_FLAG_DL_OVERRUN,
        SCHED_FLAG_KEEP_POLICY,
        SCHED_FLAG_KEEP_PARAMS,
        SCHED_FLAG_UTIL_CLAMP_MIN,
        SCHED_FLAG_UTIL_CLAMP_MAX;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }
}
