package io.carafe.runtime.process.scheduling;

import io.carafe.spec.process.Scheduler;
import io.carafe.spec.process.Scheduler.Flag;
import io.carafe.spec.process.Scheduler.Policy;
import java.util.List;

/** The scheduling policies with their numbers and what the kernel asks of their parameters: sched(7), linux/sched.h. */
enum SchedulerPolicy {
    OTHER(Policy.SCHED_OTHER, 0, Needs.NICE),
    FIFO(Policy.SCHED_FIFO, 1, Needs.PRIORITY),
    RR(Policy.SCHED_RR, 2, Needs.PRIORITY),
    BATCH(Policy.SCHED_BATCH, 3, Needs.NICE),
    /** Reserved; no kernel has it. */
    ISO(Policy.SCHED_ISO, 4, Needs.ANOTHER_KERNEL),
    IDLE(Policy.SCHED_IDLE, 5, Needs.NICE),
    DEADLINE(Policy.SCHED_DEADLINE, 6, Needs.DEADLINE);

    /** Which of the parameters count. */
    enum Needs { NICE, PRIORITY, DEADLINE, ANOTHER_KERNEL }

    private final Policy word;
    final int number;
    final Needs needs;

    SchedulerPolicy(Policy word, int number, Needs needs) {
        this.word = word;
        this.number = number;
        this.needs = needs;
    }

    static SchedulerPolicy of(Scheduler scheduler) {
        for (SchedulerPolicy policy : values()) {
            if (policy.word == scheduler.policy()) {
                return policy;
            }
        }
        throw new AssertionError(scheduler.policy());
    }

    /** {@code sched_flags}. */
    static long bits(List<Flag> flags) {
        long bits = 0;
        for (Flag flag : flags) {
            bits |= switch (flag) {
                case SCHED_FLAG_RESET_ON_FORK -> 0x01;
                case SCHED_FLAG_RECLAIM -> 0x02;
                case SCHED_FLAG_DL_OVERRUN -> 0x04;
                case SCHED_FLAG_KEEP_POLICY -> 0x08;
                case SCHED_FLAG_KEEP_PARAMS -> 0x10;
                case SCHED_FLAG_UTIL_CLAMP_MIN -> 0x20;
                case SCHED_FLAG_UTIL_CLAMP_MAX -> 0x40;
            };
        }
        return bits;
    }
}
