package io.carafe.linux.door;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Sys;

/**
 * A door that writes down each call: its name, the arguments that matter, result and time, as trace-event JSON, which the trace
 * viewers of browsers and Perfetto open.
 *
 * <pre>{@code
 * [
 * {"name":"openat","cat":"syscall","ph":"X","ts":1732180000000000.123,"dur":4.870,"pid":7,"tid":7,"args":{"path":"/proc/self/status","flags":"0x80000","result":3}},
 * }</pre>
 *
 * <p>The array has no end, as the format allows, and each line goes out whole, with O_APPEND: a process that dies loses nothing,
 * and the children by clone3(2) write into the same file under their own pids (1, in a new pid namespace). What is there already
 * stays, so create and start may be traced into one file. Calls that do not come back are written before they are made. Timings
 * include nothing of the tracing but two readings of the clock.
 */
public final class TracingKernel implements InFront {

    /** Not the monotonic clock: in a time namespace of its own a child would read another. */
    private static final int CLOCK_REALTIME = 0;

    private final Kernel behind;
    private final AppendedLines lines;
    private final Memory memory;

    private TracingKernel(Kernel behind, AppendedLines lines) {
        this.behind = behind;
        this.lines = lines;
        this.memory = new Memory(behind);
    }

    /** @throws KernelException as open(2) */
    public static TracingKernel open(Kernel inner, String path) {
        AppendedLines lines = AppendedLines.open(inner, path);
        if (lines.isEmpty()) {
            lines.append("[\n");
        }
        return new TracingKernel(inner, lines);
    }

    @Override
    public Kernel behind() {
        return behind;
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        StringBuilder args = new StringBuilder(200);
        TracedArguments.append(args, behind, nr, a, b, c, d, e, f);
        if (nr == Sys.EXECVE.nr || nr == Sys.EXECVEAT.nr || nr == Sys.EXIT_GROUP.nr) {
            append(nr, 'i', nanos(), -1, args);
        }
        long start = nanos();
        long result = nr == Sys.CLOSE_RANGE.nr ? lines.closeAround(a, b, c) : behind.call(nr, a, b, c, d, e, f);
        long end = nanos();
        if (result < 0) {
            Json.string(Json.name(args, "result"), Errno.of((int) -result).name());
        } else {
            Json.name(args, "result").append(result);
        }
        append(nr, 'X', start, end - start, args);
        return result;
    }

    /** @param phase X for a call with its duration, i for an instant */
    private void append(int nr, char phase, long start, long durationNanos, StringBuilder args) {
        long pid = behind.call(Sys.GETPID.nr);
        StringBuilder line = new StringBuilder(args.length() + 150).append('{');
        Json.string(Json.name(line, "name"), Sys.name(nr));
        Json.string(Json.name(line, "cat"), "syscall");
        Json.string(Json.name(line, "ph"), String.valueOf(phase));
        micros(Json.name(line, "ts"), start);
        if (durationNanos >= 0) {
            micros(Json.name(line, "dur"), durationNanos);
        }
        Json.name(line, "pid").append(pid);
        Json.name(line, "tid").append(pid);
        Json.name(line, "args").append('{').append(args).append("}},\n");
        lines.append(line);
    }

    private static void micros(StringBuilder json, long nanos) {
        long fraction = nanos % 1000;
        json.append(nanos / 1000).append('.').append(fraction / 100).append(fraction / 10 % 10).append(fraction % 10);
    }

    private long nanos() {
        try (Memory.Frame frame = memory.frame()) {
            long timespec = frame.raw(16);
            behind.call(Sys.CLOCK_GETTIME.nr, CLOCK_REALTIME, timespec);
            return behind.getLong(timespec) * 1_000_000_000L + behind.getLong(timespec + 8);
        }
    }
}
