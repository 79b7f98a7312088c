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
 * {"name":"process_name","ph":"M","pid":7,"args":{"name":"carafe run web"}},
 * {"name":"openat","cat":"syscall","ph":"X","ts":1732180000000000.123,"dur":4.870,"pid":7,"tid":7,"args":{"path":"/proc/self/status","flags":"0x80000","result":3}}
 * ]
 * }</pre>
 *
 * <p>Each event goes out whole, with O_APPEND: a process that dies loses nothing but the end of the array, which the format allows to be
 * missing, and the children by clone3(2) write into the same file under their own pids (1, in a new pid namespace). What is there
 * already stays, so create and start may be traced into one file, one after the other: the end of the array is taken away and written anew. The
 * init of a created container goes on in that file when it is started, by whomever.
 * Calls that do not come back are written before they are made. Timings include nothing of the tracing but two readings of the clock.
 */
public final class TracingKernel implements ForwardingKernel, AutoCloseable {

    /** Not the monotonic clock: in a time namespace of its own a child would read another. */
    private static final int CLOCK_REALTIME = 0;
    private static final String BEGIN = "[\n";
    private static final String NEXT = ",\n";
    private static final String END = "\n]\n";

    private final Kernel behind;
    private final AppendedLines lines;
    private final Memory memory;
    private final long opener;
    private boolean isChild;

    private TracingKernel(Kernel behind, AppendedLines lines) {
        this.behind = behind;
        this.lines = lines;
        this.memory = new Memory(behind);
        this.opener = behind.call(Sys.GETPID.nr);
    }

    /**
     * @param process what a viewer calls this process
     * @throws KernelException as open(2)
     */
    public static TracingKernel open(Kernel inner, String path, String process) {
        AppendedLines lines = AppendedLines.open(inner, path);
        TracingKernel kernel = new TracingKernel(inner, lines);
        if (lines.isEmpty()) {
            lines.append(BEGIN + kernel.name(process));
        } else {
            lines.cutOff(END);
            kernel.named(process);
        }
        return kernel;
    }

    /** Ends the array. Only in the process that has opened it: a child's is a copy. */
    @Override
    public void close() {
        if (behind.call(Sys.GETPID.nr) == opener) {
            lines.append(END);
        }
    }

    @Override
    public void named(String process) {
        lines.append(NEXT + name(process));
    }

    private CharSequence name(String process) {
        StringBuilder event = new StringBuilder("{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":")
                .append(behind.call(Sys.GETPID.nr)).append(",\"args\":{\"name\":");
        return Json.string(event, process).append("}}");
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
        isChild |= result == 0 && (nr == Sys.CLONE3.nr || nr == Sys.CLONE.nr);
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
        StringBuilder line = new StringBuilder(args.length() + 150).append(NEXT).append('{');
        Json.string(Json.name(line, "name"), Sys.name(nr));
        Json.string(Json.name(line, "cat"), "syscall");
        Json.string(Json.name(line, "ph"), String.valueOf(phase));
        micros(Json.name(line, "ts"), start);
        if (durationNanos >= 0) {
            micros(Json.name(line, "dur"), durationNanos);
        }
        Json.name(line, "pid").append(pid);
        Json.name(line, "tid").append(pid);
        Json.name(line, "args").append('{').append(args).append("}}");
        // The init of a create goes on after its parent has ended the array; beside a start that is traced into the same file it has no end yet.
        lines.append(isChild && lines.cutOff(END) ? line.append(END) : line);
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
