package io.carafe.linux.call.file;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All descriptors of this process from a number on: close_range(2). */
public final class Descriptors {

    /** Of close_range(2): no descriptor has a higher number. */
    private static final long LAST = 0xffffffffL;
    /** So many are tried one by one, in a tenth of a second: the kernel's default for the highest limit (fs.nr_open). */
    private static final long MOST = 1 << 20;

    private final Kernel kernel;
    private final Memory memory;
    private final AbsentCalls calls;
    private final Files files;

    public Descriptors(Kernel kernel, Memory memory, AbsentCalls calls, Files files) {
        this.kernel = kernel;
        this.memory = memory;
        this.calls = calls;
        this.files = files;
    }

    /**
     * close_range(2), Linux 5.9: closes every descriptor from a number on, but some.
     *
     * @param kept borrowed; their objects and no others are good afterwards
     */
    public void closeFrom(int first, List<Fd> kept) {
        int from = first;
        for (int next = nextFrom(from, kept); next >= 0; next = nextFrom(from, kept)) {
            if (next > from) {
                closeRange(from, next - 1L);
            }
            from = next + 1;
        }
        closeRange(from, LAST);
    }

    /**
     * Closes what is close-on-exec among some numbers, which is what this process opened itself: what it was started with is not.
     *
     * @param kept borrowed; their objects and no others are good afterwards
     */
    public void closeMarked(int first, int end, List<Fd> kept) {
        for (int number = first; number < end; number++) {
            long flags = kernel.call(Sys.FCNTL.nr, number, FileFlags.F_GETFD, 0);
            if (flags != -Errno.EBADF.number && (check("fcntl " + number, flags) & FileFlags.FD_CLOEXEC) != 0 && nextFrom(number, kept) != number) {
                kernel.call(Sys.CLOSE.nr, number);
            }
        }
    }

    /** The lowest of some numbers that is not below another; -1 when there is none. */
    private static int nextFrom(int from, List<Fd> kept) {
        int next = -1;
        for (Fd fd : kept) {
            if (fd.number() >= from && (next < 0 || fd.number() < next)) {
                next = fd.number();
            }
        }
        return next;
    }

    /** close_range(2), Linux 5.9 (the flag: 5.11): sets close-on-exec on every descriptor from a number on. */
    public void closeOnExecFrom(int first) {
        long result = calls.call(Sys.CLOSE_RANGE, first, LAST, FileFlags.CLOSE_RANGE_CLOEXEC, 0, 0);
        if (!AbsentCalls.isAbsent(result) && result != -Errno.EINVAL.number) {
            check("close_range", result);
            return;
        }
        for (int number : open(first, LAST)) {
            long flags = kernel.call(Sys.FCNTL.nr, number, FileFlags.F_SETFD, FileFlags.FD_CLOEXEC);
            if (flags != -Errno.EBADF.number) {
                check("fcntl " + number, flags);
            }
        }
    }

    private void closeRange(long first, long last) {
        long result = calls.call(Sys.CLOSE_RANGE, first, last, 0, 0, 0);
        if (!AbsentCalls.isAbsent(result)) {
            check("close_range", result);
            return;
        }
        for (int number : open(first, last)) {
            kernel.call(Sys.CLOSE.nr, number);
        }
    }

    /**
     * The numbers in a range that are open, and perhaps more: those that /proc/self/fd lists, or all up to the limit.
     *
     * <p>What lies at /proc may be the container's. A list is believed that has a pipe which has only just been made.
     */
    private List<Integer> open(long first, long last) {
        List<Integer> open = new ArrayList<>();
        try (Files.Pipe pipe = files.pipe()) {
            Optional<Fd> listed = files.openIfPresent(Fd.CWD, "/proc/self/fd", FileFlags.O_RDONLY | FileFlags.O_DIRECTORY);
            if (listed.isPresent()) {
                try (Fd dir = listed.get()) {
                    if (has(dir, pipe.in())) {
                        files.list(dir, ".").forEach(name -> open.add(Integer.parseInt(name)));
                        open.removeIf(number -> number < first || number > last);
                        open.removeAll(List.of(dir.number(), pipe.in().number(), pipe.out().number()));
                        return open;
                    }
                }
            }
        }
        long limit = hardLimit();
        if (limit > MOST) {
            throw new KernelException("close_range", Errno.ENOSYS)
                    .hint(Errno.ENOSYS, "needs Linux 5.9, or a procfs at /proc, or a limit of at most " + MOST + " open files");
        }
        for (long number = first; number <= Math.min(last, limit); number++) {
            open.add((int) number);
        }
        return open;
    }

    private boolean has(Fd dir, Fd file) {
        Optional<Fd> found = files.openIfPresent(dir, Integer.toString(file.number()), FileFlags.O_PATH);
        if (found.isEmpty()) {
            return false;
        }
        try (Fd same = found.get()) {
            return files.fstat(same).isSameFile(files.fstat(file));
        }
    }

    private long hardLimit() {
        try (Memory.Frame frame = memory.frame()) {
            long limit = frame.raw(2 * Long.BYTES);
            check("getrlimit", kernel.call(Sys.PRLIMIT64.nr, 0, ProcessFlags.RLIMIT_NOFILE, 0, limit));
            long hard = kernel.getLong(limit + Long.BYTES);
            return hard < 0 ? Long.MAX_VALUE : hard;
        }
    }
}
