package io.carafe.shim.stdio;

import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.shim.loop.Loop;
import java.util.List;
import java.util.OptionalInt;

/**
 * A pipe that a further process writes to, and the moving of what comes out of it to a client's FIFO, by splice(2): no byte is copied.
 *
 * <p>The container's first process has the FIFO itself: with it all ends that could hold it. Of a further one something may stay, in the
 * background, and a FIFO that it held would keep its reader waiting for as long. Here the shim lets go of the FIFO a while after the
 * process was deleted, as containerd's own does.
 */
final class Relay implements AutoCloseable {

    /** For what stays of the process to go, or to write, once that has ended. */
    private static final long PATIENCE_MILLIS = 2_000;
    /** What a pipe holds; so much at once, and then it is others' turn. */
    private static final int MOST = 64 * 1024;

    private final Linux linux;
    private final Fd source;
    private final Fd stream;
    private final Output fifo;
    private final Loop.Watch onSource;
    private final Loop.Watch onFifo;
    private boolean ended;
    private Runnable whenEnded = () -> { };

    private Relay(Linux linux, Loop loop, Pipe pipe, Output fifo) {
        this.linux = linux;
        this.source = pipe.out();
        this.stream = pipe.in();
        this.fifo = fifo;
        this.onSource = loop.watch(source, POLLIN, events -> move());
        this.onFifo = loop.watch(fifo.stream(), 0, events -> move());
    }

    /** @param fifo does not block; becomes this object's */
    static Relay open(Linux linux, Loop loop, Output fifo) {
        try (Undo undo = new Undo()) {
            undo.onFailure(fifo::close);
            Pipe pipe = undo.onFailure(linux.files.pipe(), Pipe::close);
            Relay relay = new Relay(linux, loop, pipe, fifo);
            undo.keep();
            return relay;
        }
    }

    /** What the process is to write to. */
    Output output() {
        return Output.piped(stream);
    }

    private void move() {
        OptionalInt moved = linux.files.trySplice(source, fifo.stream(), MOST);
        if (moved.isPresent() && moved.getAsInt() == 0) {
            end();
        } else if (moved.isEmpty()) {
            boolean full = linux.polling.readable(0, source)[0] != 0;
            onSource.want(full ? 0 : POLLIN);
            onFifo.want(full ? POLLOUT : 0);
        }
    }

    /** The reader's end of file, and that of what would write still. What has been moved stays for the reader: an end is kept. */
    private void end() {
        if (!ended) {
            ended = true;
            onSource.close();
            onFifo.close();
            source.close();
            fifo.stream().close();
            whenEnded.run();
        }
    }

    /** When all of them have ended, by themselves or let go of. */
    static void whenEnded(Loop loop, List<Relay> relays, Runnable action) {
        if (relays.stream().allMatch(relay -> relay.ended)) {
            action.run();
            return;
        }
        Loop.Timer patience = loop.after(PATIENCE_MILLIS, () -> relays.forEach(Relay::end));
        boolean[] done = new boolean[1];
        Runnable look = () -> {
            if (!done[0] && relays.stream().allMatch(relay -> relay.ended)) {
                done[0] = true;
                patience.cancel();
                action.run();
            }
        };
        relays.forEach(relay -> relay.whenEnded = look);
    }

    @Override
    public void close() {
        whenEnded = () -> { };
        end();
        stream.close();
        fifo.close();
    }
}
