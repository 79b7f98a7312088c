package io.carafe.runtime.cli.trace;

import java.util.List;

/**
 * One call of a trace. Times are nanoseconds, starts since the trace's first event.
 *
 * @param pid as its process sees itself: 1 in a new pid namespace
 * @param arguments {@code name=value}, in the order of the call
 * @param result a number or the name of an errno; empty for a call that did not come back
 */
public record TracedCall(String name, long pid, long startNanos, long durationNanos, List<String> arguments, String result) {

    /** Calls that take as long as somebody else makes them wait. */
    private static final List<String> WAITS = List.of("accept4", "epoll_pwait", "ppoll", "recvfrom", "recvmsg", "waitid", "wait4");

    public long endNanos() {
        return startNanos + durationNanos;
    }

    public boolean isWait() {
        return WAITS.contains(name);
    }

    /** Whether it is clone3(2) as it comes back in the new process, or clone(2). */
    public boolean isBirth() {
        return name.startsWith("clone") && result.equals("0");
    }

    /** Whether the process becomes another program, or ends. */
    public boolean comesNotBack() {
        return result.isEmpty();
    }
}
