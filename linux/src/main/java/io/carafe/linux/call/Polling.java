package io.carafe.linux.call;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Poll;
import io.carafe.linux.abi.Struct.Pollfd;
import io.carafe.linux.abi.Sys;
import java.util.Arrays;
import java.util.function.Predicate;

/** poll(2), and inotify(7). */
public final class Polling {

    /** No end to the waiting. */
    public static final long FOREVER = -1;

    private static final int REVENTS_SHIFT = 16;
    /** poll(2): a negative number is passed over. */
    private static final int LEFT_OUT = -1;

    /** How long a process that has no pidfd may have ended before it is seen, in milliseconds. */
    private static final long STEP = 5;

    private final Kernel kernel;
    private final Memory memory;
    private final Predicate<Fd> hasEnded;

    /** @param hasEnded of a process that its directory in /proc stands for */
    Polling(Kernel kernel, Memory memory, Predicate<Fd> hasEnded) {
        this.kernel = kernel;
        this.memory = memory;
        this.hasEnded = hasEnded;
    }

    /**
     * ppoll(2) for something to read, or the other end closed.
     *
     * @return the bits POLLIN, POLLHUP, POLLERR of each descriptor, in order; all 0 when the time is over
     */
    public int[] readable(long timeoutMillis, Fd... fds) {
        int[] events = new int[fds.length];
        Arrays.fill(events, Poll.POLLIN);
        return ready(timeoutMillis, events, fds);
    }

    /**
     * ppoll(2) for the given events of each descriptor.
     *
     * @param events bits of {@link Poll} for each descriptor; 0 leaves it out, so that its POLLHUP causes no wake-up
     * @return the bits of each, POLLHUP and POLLERR among them; all 0 when the time is over
     */
    public int[] ready(long timeoutMillis, int[] events, Fd... fds) {
        for (int i = 0; i < fds.length; i++) {
            if (events[i] != 0 && fds[i].process().isPresent()) {
                return readyOrEnded(timeoutMillis, events, fds);
            }
        }
        return poll(timeoutMillis, events, fds);
    }

    /** The same with processes that have no pidfd, which poll(2) cannot wait for: until the floor is Linux 5.3. */
    private int[] readyOrEnded(long timeoutMillis, int[] events, Fd... fds) {
        int[] others = events.clone();
        for (int i = 0; i < fds.length; i++) {
            if (fds[i].process().isPresent()) {
                others[i] = 0;
            }
        }
        for (long left = timeoutMillis; ; left -= STEP) {
            boolean isLast = timeoutMillis != FOREVER && left <= STEP;
            boolean ended = false;
            int[] processes = new int[fds.length];
            for (int i = 0; i < fds.length; i++) {
                if (events[i] != 0 && fds[i].process().isPresent() && hasEnded.test(fds[i])) {
                    processes[i] = Poll.POLLIN;
                    ended = true;
                }
            }
            int[] ready = poll(ended ? 0 : isLast ? Math.max(0, left) : STEP, others, fds);
            boolean any = ended;
            for (int i = 0; i < fds.length; i++) {
                ready[i] |= processes[i];
                any |= ready[i] != 0;
            }
            if (any || isLast) {
                return ready;
            }
        }
    }

    private int[] poll(long timeoutMillis, int[] events, Fd... fds) {
        try (Memory.Frame frame = memory.frame()) {
            long array = frame.raw((long) fds.length * Pollfd.SIZE);
            for (int i = 0; i < fds.length; i++) {
                kernel.putInt(array + (long) i * Pollfd.SIZE, events[i] == 0 ? LEFT_OUT : fds[i].number());
                kernel.putInt(array + (long) i * Pollfd.SIZE + Pollfd.EVENTS, events[i]);
            }
            long timeout = 0;
            if (timeoutMillis != FOREVER) {
                timeout = frame.raw(16);
                kernel.putLong(timeout, timeoutMillis / 1000);
                kernel.putLong(timeout + 8, timeoutMillis % 1000 * 1_000_000);
            }
            long result;
            do {
                result = kernel.call(Sys.PPOLL.nr, array, fds.length, timeout, 0, 0);
            } while (result == -Errno.EINTR.number);
            if (result < 0) {
                throw KernelException.of("poll", result);
            }
            int[] ready = new int[fds.length];
            for (int i = 0; i < fds.length; i++) {
                ready[i] = kernel.getInt(array + (long) i * Pollfd.SIZE + Pollfd.EVENTS) >>> REVENTS_SHIFT;
            }
            return ready;
        }
    }

    /** inotify_init1(2): a descriptor that returns events of the watched files. The caller owns the result. */
    public Fd inotify() {
        return Fd.owned(kernel, KernelException.check("inotify_init1", kernel.call(Sys.INOTIFY_INIT1.nr,
                FileFlags.O_CLOEXEC | FileFlags.O_NONBLOCK)));
    }

    /** inotify_add_watch(2). @param mask bits IN_… of {@link Poll}. @throws KernelException ENOENT; ENOSPC over a user's limit of watches */
    public void inotifyAddWatch(Fd inotify, String path, int mask) {
        try (Memory.Frame frame = memory.frame()) {
            KernelException.check("inotify_add_watch " + path,
                    kernel.call(Sys.INOTIFY_ADD_WATCH.nr, inotify.number(), frame.string(path), mask));
        }
    }
}
