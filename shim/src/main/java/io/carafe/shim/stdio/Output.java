package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.F_SETFL;
import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.shim.name.StreamUri;
import java.util.Optional;

/**
 * Where a process writes to.
 *
 * @param stream what it is to write to
 * @param kept of a FIFO an end to read from, which nobody reads: while it is open no writer gets SIGPIPE, and nothing is lost
 * @param mayBeFull a file takes whatever is written, and epoll(7) refuses it
 */
record Output(Fd stream, Optional<Fd> kept, boolean mayBeFull) implements AutoCloseable {

    private static final int READABLE = 0644;
    private static final int SEARCHABLE = 0755;

    /** @param property what it is, for the complaint. @param uri empty: nowhere. @param flags O_NONBLOCK where the shim itself is to write */
    static Output open(Linux linux, String property, String uri, int flags) {
        if (uri.isEmpty()) {
            return new Output(linux.files.open("/dev/null", O_RDWR), Optional.empty(), false);
        }
        String path = StreamUri.path(uri);
        if (StdioUris.isFile(uri)) {
            return new Output(file(linux, property, path), Optional.empty(), false);
        }
        try (Undo undo = new Undo(); Fifo fifo = Fifo.of(linux, property, path)) {
            // O_NONBLOCK: a FIFO is opened for reading without waiting for a writer, and then for writing as there is a reader.
            Fd kept = undo.onFailure(fifo.open(O_RDONLY | O_NONBLOCK), Fd::close);
            Fd stream = fifo.open(O_WRONLY | flags);
            undo.keep();
            return new Output(stream, Optional.of(kept), true);
        }
    }

    /** Made where it is not there, its directories too; written to at its end. Nothing else but the null device, which could only be waited for. */
    private static Fd file(Linux linux, String property, String path) {
        makeDirectories(linux, path);
        Fd file = linux.files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY, READABLE);
        try {
            FileStatus status = linux.files.fstat(file);
            if (status.type() != FileFlags.S_IFREG && !status.isCharacterDevice(1, 3)) {
                throw new IllegalArgumentException(property + ": expected a regular file, found something else at " + path);
            }
            linux.files.fcntl(file, F_SETFL, O_APPEND);
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** A pipe to a program, which may end. */
    static Output piped(Fd stream) {
        return new Output(stream, Optional.empty(), true);
    }

    private static void makeDirectories(Linux linux, String path) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, path.substring(0, slash), SEARCHABLE);
        }
    }

    @Override
    public void close() {
        stream.close();
        kept.ifPresent(Fd::close);
    }
}
