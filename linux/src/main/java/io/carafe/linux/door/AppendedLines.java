package io.carafe.linux.door;

import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/**
 * A file that a process and its children by clone3(2) write lines to, each by one write(2) with O_APPEND, so that no line is
 * torn and none is lost when a process ends or becomes another program.
 *
 * <p>The descriptor stays out of the way of those it watches: it is closed by an exec, and its number is high, because a caller
 * may have said that 3 and the next ones are to be inherited.
 */
final class AppendedLines {

    private static final int HIGH = 500;
    private static final int SEEK_END = 2;

    private final Kernel kernel;
    private final Memory memory;
    private final int fd;

    private AppendedLines(Kernel kernel, Memory memory, int fd) {
        this.kernel = kernel;
        this.memory = memory;
        this.fd = fd;
    }

    /** Makes the file if it is absent. @throws KernelException as open(2) */
    static AppendedLines open(Kernel kernel, String path) {
        Memory memory = new Memory(kernel);
        try (Memory.Frame frame = memory.frame()) {
            long opened = check("open " + path, kernel.call(Sys.OPENAT.nr, Fd.CWD.number(), frame.string(path),
                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
            // For endsWith, and only of a file: to open a FIFO so would not wait for a reader.
            long readable = kernel.call(Sys.LSEEK.nr, opened, 0, SEEK_END) < 0 ? -1
                    : kernel.call(Sys.OPENAT.nr, Fd.CWD.number(), frame.string(path), O_RDWR | O_APPEND | O_CLOEXEC);
            if (readable >= 0) {
                kernel.call(Sys.CLOSE.nr, opened);
                opened = readable;
            }
            long moved = kernel.call(Sys.FCNTL.nr, opened, FileFlags.F_DUPFD_CLOEXEC, HIGH);
            if (moved < 0) { // a soft RLIMIT_NOFILE below that
                return new AppendedLines(kernel, memory, (int) opened);
            }
            kernel.call(Sys.CLOSE.nr, opened);
            return new AppendedLines(kernel, memory, (int) moved);
        }
    }

    private static long check(String what, long result) {
        if (result < 0) {
            throw KernelException.of(what, result);
        }
        return result;
    }

    /** Failures are ignored: the traced code must behave as without the trace. */
    void append(CharSequence line) {
        byte[] utf8 = line.toString().getBytes(StandardCharsets.UTF_8);
        try (Memory.Frame frame = memory.frame()) {
            kernel.call(Sys.WRITE.nr, fd, frame.bytes(utf8), utf8.length);
        }
    }

    /** close_range(2) around this descriptor: the traced code did not open it and must not close it. */
    long closeAround(long first, long last, long flags) {
        boolean within = first <= fd && fd <= last;
        long result = within && first == fd ? 0 : kernel.call(Sys.CLOSE_RANGE.nr, first, within ? fd - 1L : last, flags);
        return result < 0 || !within || last == fd ? result : kernel.call(Sys.CLOSE_RANGE.nr, fd + 1L, last, flags);
    }

    /** Also of what has no length, as a pipe. */
    boolean isEmpty() {
        return kernel.call(Sys.LSEEK.nr, fd, 0, SEEK_END) <= 0;
    }

    /** Takes away what the file ends with, if it is this; not where it may not be read. @return whether it was */
    boolean cutOff(String end) {
        long length = kernel.call(Sys.LSEEK.nr, fd, 0, SEEK_END);
        byte[] last = new byte[end.length()];
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(last.length);
            if (length >= last.length && kernel.call(Sys.PREAD64.nr, fd, buffer, last.length, length - last.length) == last.length) {
                kernel.get(buffer, last, 0, last.length);
                if (new String(last, StandardCharsets.US_ASCII).equals(end)) {
                    return kernel.call(Sys.FTRUNCATE.nr, fd, length - last.length) == 0;
                }
            }
        }
        return false;
    }
}
