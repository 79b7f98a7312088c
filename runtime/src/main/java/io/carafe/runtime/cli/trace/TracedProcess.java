package io.carafe.runtime.cli.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * The calls of one process.
 *
 * @param calls by their starts, one at least
 */
public record TracedProcess(String name, List<TracedCall> calls) {

    /**
     * A time in which a process made no call: it computed, had pages to be brought in or copied, or waited for a processor; behind an execve it
     * was a program that began.
     */
    public record Gap(TracedCall before, TracedCall after) {

        public long startNanos() {
            return before.endNanos();
        }

        public long nanos() {
            return Math.max(0, after.startNanos() - before.endNanos());
        }
    }

    /** Where the process was born: a child's first event is the clone(2) that it comes out of. */
    public long startNanos() {
        TracedCall first = calls.get(0);
        return first.isBirth() ? first.endNanos() : first.startNanos();
    }

    public long endNanos() {
        return calls.stream().mapToLong(TracedCall::endNanos).max().orElseThrow();
    }

    /** Those that it made: without its birth. */
    public List<TracedCall> made() {
        return calls.get(0).isBirth() ? calls.subList(1, calls.size()) : calls;
    }

    public long nanosInCalls() {
        return made().stream().filter(call -> !call.isWait()).mapToLong(TracedCall::durationNanos).sum();
    }

    public long nanosWaiting() {
        return made().stream().filter(TracedCall::isWait).mapToLong(TracedCall::durationNanos).sum();
    }

    public List<Gap> gaps() {
        List<Gap> gaps = new ArrayList<>();
        for (int i = 1; i < calls.size(); i++) {
            gaps.add(new Gap(calls.get(i - 1), calls.get(i)));
        }
        return gaps;
    }
}
