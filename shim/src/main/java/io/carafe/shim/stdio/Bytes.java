package io.carafe.shim.stdio;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.OptionalInt;

/** Bytes on their way from one descriptor to another, neither of which blocks. */
final class Bytes {

    private static final int SIZE = 16 * 1024;

    private final Linux linux;
    private final byte[] bytes = new byte[SIZE];
    private int start;
    private int end;

    Bytes(Linux linux) {
        this.linux = linux;
    }

    boolean isEmpty() {
        return start == end;
    }

    /** Only what has gone out altogether is read over: no byte is ever moved. */
    boolean hasRoom() {
        return end < SIZE;
    }

    /** @return as {@link io.carafe.linux.call.file.Files#tryRead} */
    OptionalInt readFrom(Fd fd) {
        OptionalInt count = linux.files.tryRead(fd, bytes, end, SIZE - end);
        end += count.orElse(0);
        return count;
    }

    void writeTo(Fd fd) {
        start += linux.files.tryWrite(fd, bytes, start, end - start);
        if (start == end) {
            clear();
        }
    }

    void clear() {
        start = 0;
        end = 0;
    }
}
