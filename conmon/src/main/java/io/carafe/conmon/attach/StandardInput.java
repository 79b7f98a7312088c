package io.carafe.conmon.attach;

import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.Optional;

/** What clients write to: a pipe, or a terminal that is still to come, or nothing. */
public final class StandardInput implements AutoCloseable {

    private final Linux linux;
    private final Loop loop;
    private Optional<Fd> stream = Optional.empty();
    private Optional<Loop.Watch> watch = Optional.empty();
    private boolean awaited;
    private Runnable whenWritable = () -> { };

    private StandardInput(Linux linux, Loop loop, boolean awaited) {
        this.linux = linux;
        this.loop = loop;
        this.awaited = awaited;
    }

    /** What is written is lost. */
    public static StandardInput ofNothing(Linux linux, Loop loop) {
        return new StandardInput(linux, loop, false);
    }

    /** What is written is kept until {@link #begin}. */
    public static StandardInput awaited(Linux linux, Loop loop) {
        return new StandardInput(linux, loop, true);
    }

    /** @param fd becomes this object's; another descriptor of what is read elsewhere, since epoll(7) takes each once */
    public void begin(Fd fd) {
        awaited = false;
        linux.files.setBlocking(fd, false);
        stream = Optional.of(fd);
        watch = Optional.of(loop.watch(fd, 0, events -> {
            want(0);
            whenWritable.run();
        }));
        whenWritable.run();
    }

    /** @return how much of it has gone; the rest is to be tried again when {@link #whenWritable} says so */
    int write(byte[] bytes, int start, int count) {
        if (stream.isEmpty()) {
            return awaited ? 0 : count;
        }
        try {
            int written = linux.files.tryWrite(stream.get(), bytes, start, count);
            if (written < count) {
                want(POLLOUT);
            }
            return written;
        } catch (KernelException e) {
            close(); // EPIPE: nobody reads; EIO: the terminal has no other side
            if (!e.is(Errno.EPIPE) && !e.is(Errno.EIO)) {
                throw e.during("write to the container's stdin");
            }
            return count;
        }
    }

    private void want(int events) {
        watch.ifPresent(one -> one.want(events));
    }

    void whenWritable(Runnable action) {
        whenWritable = action;
    }

    /** The process reads an end, when it has read what was written. */
    @Override
    public void close() {
        watch.ifPresent(Loop.Watch::close);
        stream.ifPresent(Fd::close);
        watch = Optional.empty();
        stream = Optional.empty();
        awaited = false;
    }
}
