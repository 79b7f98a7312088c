package io.carafe.linux.call;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Poll;
import io.carafe.linux.abi.Struct.EpollEvent;
import io.carafe.linux.abi.Sys;
import java.util.ArrayList;
import java.util.List;

/** epoll(7), level-triggered, for repeated waits on many descriptors. The bits are those of {@link Poll}. */
public final class Epoll {

    private static final int MOST_AT_ONCE = 64;
    private static final int SIGSET_BYTES = 8;

    private final Kernel kernel;
    private final Memory memory;

    Epoll(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** What happened to the descriptor that was added with a value. @param events bits, POLLHUP and POLLERR among them */
    public record Ready(int events, long value) {
    }

    /** epoll_create1(2). The caller owns the result. */
    public Fd create() {
        return Fd.owned(kernel, check("epoll_create1", kernel.call(Sys.EPOLL_CREATE1.nr, FileFlags.O_CLOEXEC)));
    }

    /** @throws io.carafe.linux.KernelException EPERM for a file that is always ready, as a regular one */
    public void add(Fd epoll, Fd fd, int events, long value) {
        control(epoll, Poll.EPOLL_CTL_ADD, fd, events, value);
    }

    public void modify(Fd epoll, Fd fd, int events, long value) {
        control(epoll, Poll.EPOLL_CTL_MOD, fd, events, value);
    }

    /** Not needed before a close(2) of the last descriptor of an open file. */
    public void delete(Fd epoll, Fd fd) {
        control(epoll, Poll.EPOLL_CTL_DEL, fd, 0, 0);
    }

    private void control(Fd epoll, int operation, Fd fd, int events, long value) {
        try (Memory.Frame frame = memory.frame()) {
            long event = frame.zeroed(EpollEvent.SIZE);
            kernel.putInt(event + EpollEvent.EVENTS, events);
            kernel.putLong(event + EpollEvent.VALUE, value);
            check("epoll_ctl", kernel.call(Sys.EPOLL_CTL.nr, epoll.number(), operation, fd.number(), event));
        }
    }

    /** epoll_pwait(2). @return some of those that are ready; empty when the time is over, or a signal came */
    public List<Ready> wait(Fd epoll, long timeoutMillis) {
        try (Memory.Frame frame = memory.frame()) {
            long events = frame.raw((long) MOST_AT_ONCE * EpollEvent.SIZE);
            long count = kernel.call(Sys.EPOLL_PWAIT.nr, epoll.number(), events, MOST_AT_ONCE,
                    Math.min(timeoutMillis, Integer.MAX_VALUE), 0, SIGSET_BYTES);
            if (count == -Errno.EINTR.number) {
                return List.of();
            }
            check("epoll_pwait", count);
            List<Ready> ready = new ArrayList<>((int) count);
            for (int i = 0; i < count; i++) {
                long event = events + (long) i * EpollEvent.SIZE;
                ready.add(new Ready(kernel.getInt(event + EpollEvent.EVENTS), kernel.getLong(event + EpollEvent.VALUE)));
            }
            return ready;
        }
    }
}
