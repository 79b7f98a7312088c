package io.carafe.conmon.control;

import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** A FIFO in the bundle that brings lines of numbers. */
public final class ControlFifo implements AutoCloseable {

    private static final int MODE = 0660;
    private static final int MOST = 4096;

    private final Linux linux;
    private final Fd fifo;
    private final Loop.Watch watch;
    private final NumberLines lines;
    private final byte[] buffer = new byte[256];

    private ControlFifo(Linux linux, Loop loop, Fd fifo, NumberLines lines) {
        this.linux = linux;
        this.fifo = fifo;
        this.lines = lines;
        this.watch = loop.watch(fifo, POLLIN, events -> read());
    }

    /** Made anew. @param count how many numbers a line has. @param line gets them. @param wrong gets a line that has others */
    public static ControlFifo open(Linux linux, Loop loop, String path, int count, Consumer<List<Integer>> line, Consumer<String> wrong) {
        try (Undo undo = new Undo()) {
            try {
                linux.paths.unlinkat(Fd.CWD, path, 0);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
            linux.paths.mkfifoat(Fd.CWD, path, MODE);
            // For both directions: it has no end when a writer goes.
            Fd fifo = undo.onFailure(linux.files.open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW), Fd::close);
            ControlFifo control = new ControlFifo(linux, loop, fifo, new NumberLines(count, line, wrong));
            undo.keep();
            return control;
        }
    }

    private void read() {
        int taken = 0;
        for (OptionalInt count = more(); count.isPresent() && count.getAsInt() > 0; count = more()) {
            lines.add(buffer, count.getAsInt());
            taken += count.getAsInt();
            if (taken >= MOST) { // then it is others' turn
                return;
            }
        }
    }

    private OptionalInt more() {
        return linux.files.tryRead(fifo, buffer, 0, buffer.length);
    }

    @Override
    public void close() {
        watch.close();
        fifo.close();
    }
}
