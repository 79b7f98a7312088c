package io.carafe.runtime.container.attach;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Terminals.Modes;
import io.carafe.linux.call.Terminals.WindowSize;
import java.util.Optional;

/**
 * The terminal that carafe itself was started on, if there is one.
 *
 * <p>Raw while a container's terminal is copied to it: keys, ^C among them, are for the container's line discipline to understand,
 * and what it writes has been processed there.
 */
final class CallerTerminal implements AutoCloseable {

    private static final Fd STDIN = Fd.borrowed(0);
    private static final int STREAMS = 3;

    private final Linux linux;
    /** Of stdin, when that is a terminal. Any other stream is only written to, and stays as it is. */
    private final Optional<Modes> before;

    private CallerTerminal(Linux linux, Optional<Modes> before) {
        this.linux = linux;
        this.before = before;
    }

    static CallerTerminal of(Linux linux) {
        return new CallerTerminal(linux, linux.terminals.modes(STDIN));
    }

    /** Whether stdin is a terminal. */
    boolean isInput() {
        return before.isPresent();
    }

    void makeRaw() {
        before.ifPresent(modes -> set(modes.raw()));
    }

    private void set(Modes modes) {
        try {
            linux.terminals.tcsetattr(STDIN, modes);
        } catch (KernelException e) {
            // The terminal has been hung up: nobody looks at it any more.
            if (!e.is(Errno.EIO)) {
                throw e;
            }
        }
    }

    /** Of the first stream that is a terminal and knows. */
    Optional<WindowSize> size() {
        for (int stream = 0; stream < STREAMS; stream++) {
            Optional<WindowSize> size = linux.terminals.windowSize(Fd.borrowed(stream)).filter(known -> known.rows() > 0 || known.columns() > 0);
            if (size.isPresent()) {
                return size;
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        before.ifPresent(this::set);
    }
}
