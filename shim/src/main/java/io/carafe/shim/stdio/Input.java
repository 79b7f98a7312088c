package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/**
 * Where a process reads from.
 *
 * @param stream what it is to read from
 * @param kept of a FIFO an end to write to, which nobody writes to: the stream ends by CloseIO, and not by the death of a client
 */
record Input(Fd stream, Optional<Fd> kept) implements AutoCloseable {

    static Input open(Linux linux, String path) {
        if (path.isEmpty()) {
            return new Input(linux.files.open("/dev/null", O_RDWR), Optional.empty());
        }
        // As O_RDWR a FIFO opens at once, and while it is open the two others do.
        try (Fd both = linux.files.open(path, O_RDWR | O_NONBLOCK); Undo undo = new Undo()) {
            Fd kept = undo.onFailure(linux.files.open(path, O_WRONLY | O_NONBLOCK), Fd::close);
            Fd stream = linux.files.open(path, O_RDONLY);
            undo.keep();
            return new Input(stream, Optional.of(kept));
        }
    }

    void closeKept() {
        kept.ifPresent(Fd::close);
    }

    @Override
    public void close() {
        stream.close();
        closeKept();
    }
}
