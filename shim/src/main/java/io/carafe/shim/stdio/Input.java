package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.Poll.IN_CLOSE_WRITE;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.Optional;

/**
 * Where a process reads from: a FIFO, which ends by CloseIO alone: who held it may be killed or start anew, and another may take its place.
 *
 * <p>Before the process has started it ends, too, when a client that wrote to it has closed it: one with little to say, as {@code ctr} with
 * a file, is through before it has a task whose input it could close. An end to write to is kept, which nobody writes to: before its first
 * writer comes, and between two, a FIFO reads as if it had ended.
 */
final class Input implements AutoCloseable {

    private final Linux linux;
    private final Fd stream;
    private final Optional<Fd> kept;
    private final Optional<Fd> closed;
    private final Optional<Loop.Watch> watch;

    private Input(Linux linux, Loop loop, Fd stream, Optional<Fd> kept, Optional<Fd> closed) {
        this.linux = linux;
        this.stream = stream;
        this.kept = kept;
        this.closed = closed;
        this.watch = closed.map(inotify -> loop.watch(inotify, POLLIN, events -> end()));
    }

    static Input open(Linux linux, Loop loop, String path) {
        if (path.isEmpty()) {
            return new Input(linux, loop, linux.files.open("/dev/null", O_RDWR), Optional.empty(), Optional.empty());
        }
        try (Undo undo = new Undo(); Fifo fifo = Fifo.of(linux, "stdin", path)) {
            Fd closed = undo.onFailure(linux.polling.inotify(), Fd::close);
            // Before there is a reader, whom clients wait for: one may write a little and close at once.
            linux.polling.inotifyAddWatch(closed, fifo.path(), IN_CLOSE_WRITE);
            Fd stream = undo.onFailure(fifo.open(O_RDONLY | O_NONBLOCK), Fd::close);
            linux.files.setBlocking(stream, true);
            Fd kept = undo.onFailure(fifo.open(O_WRONLY | O_NONBLOCK), Fd::close);
            Input input = new Input(linux, loop, stream, Optional.of(kept), Optional.of(closed));
            undo.keep();
            return input;
        }
    }

    /** What the process is to read from. */
    Fd stream() {
        return stream;
    }

    /** The process runs, and whoever holds the other end knows whom to tell of its end. */
    void started() {
        if (closed.isPresent() && closed.get().isOpen()) {
            if (linux.polling.readable(0, closed.get())[0] != 0) { // before now
                end();
            } else {
                letGoOfNotices();
            }
        }
    }

    private void letGoOfNotices() {
        watch.ifPresent(Loop.Watch::close);
        closed.ifPresent(Fd::close);
    }

    /** Nothing more will come than what is there and what other clients write. */
    void end() {
        letGoOfNotices();
        kept.ifPresent(Fd::close);
    }

    @Override
    public void close() {
        end();
        stream.close();
    }
}
