package io.carafe.linux;

import io.carafe.linux.abi.Sys;
import java.util.OptionalInt;

/**
 * A file descriptor and its owner. A parameter {@code Fd} is borrowed; a returned {@code Fd} belongs to the caller.
 */
public final class Fd implements AutoCloseable {

    private static final int CLOSED = -1;
    private static final int AT_FDCWD = -100;

    /** AT_FDCWD: the working directory in place of a directory descriptor. Never closed. */
    public static final Fd CWD = new Fd(null, AT_FDCWD);

    private static final int NO_PROCESS = 0;

    private final Kernel kernel;
    private final int process;
    private int number;

    private Fd(Kernel kernel, int number) {
        this(kernel, number, NO_PROCESS);
    }

    private Fd(Kernel kernel, int number, int process) {
        this.kernel = kernel;
        this.number = number;
        this.process = process;
    }

    /** A descriptor that {@link #close} closes. */
    public static Fd owned(Kernel kernel, long number) {
        return new Fd(kernel, (int) number);
    }

    /**
     * A process on a kernel without pidfds: its directory in /proc. Its files answer ESRCH after the process was reaped, also if another
     * process has the pid.
     */
    public static Fd ofProcess(Kernel kernel, long number, int pid) {
        return new Fd(kernel, (int) number, pid);
    }

    /** A descriptor that other code closes, as 0, 1 and 2. */
    public static Fd borrowed(int number) {
        return new Fd(null, number);
    }

    public int number() {
        if (number == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return number;
    }

    /** The pid of a /proc/PID descriptor; empty for any other descriptor, also a pidfd. */
    public OptionalInt process() {
        return process == NO_PROCESS ? OptionalInt.empty() : OptionalInt.of(process);
    }

    public boolean isOpen() {
        return number != CLOSED;
    }

    /** Gives the number to the caller, which must close it. */
    public int release() {
        int released = number();
        number = CLOSED;
        return released;
    }

    /** This process's name of the file: {@code /proc/self/fd/N}. */
    public String path() {
        return "/proc/self/fd/" + number();
    }

    /** close(2), once; never retried after EINTR, where Linux has closed the descriptor already. */
    @Override
    public void close() {
        if (kernel == null || number == CLOSED) {
            return;
        }
        int closing = release();
        kernel.call(Sys.CLOSE.nr, closing);
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
