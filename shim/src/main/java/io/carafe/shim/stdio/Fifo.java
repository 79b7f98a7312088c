package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_PATH;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.name.AbsolutePath;

/**
 * A FIFO of a client's: looked up once, looked at, and then opened for each direction through its descriptor. What is none is not
 * opened at all: a file would be written over, and a device might do something.
 */
record Fifo(Linux linux, Fd place) implements AutoCloseable {

    /** @param property what it is, for the complaint */
    static Fifo of(Linux linux, String property, String path) {
        Fd place = linux.files.open(AbsolutePath.of(property, path), O_PATH);
        try {
            if (linux.files.fstat(place).type() != FileFlags.S_IFIFO) {
                throw new IllegalArgumentException(property + ": expected a FIFO, found something else at " + path);
            }
            return new Fifo(linux, place);
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /** This process's name for it. */
    String path() {
        return place.path();
    }

    /** The caller owns the result. */
    Fd open(int flags) {
        return linux.files.open(path(), flags);
    }

    @Override
    public void close() {
        place.close();
    }
}
