package io.carafe.runtime.container.attach;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.OptionalInt;

/** Bytes on their way from one descriptor to another: {@code start} to {@code end} of the array. */
final class Bytes {

    private static final int SIZE = 32 * 1024;
    private static final int KEPT_FREE = 2;

    private final Linux linux;
    private final byte[] bytes = new byte[SIZE];
    private int start;
    private int end;
    private byte last;

    Bytes(Linux linux) {
        this.linux = linux;
    }

    boolean isEmpty() {
        return start == end;
    }

    /** Keeps {@value #KEPT_FREE} bytes free for {@link #add}. */
    boolean hasRoom() {
        return SIZE - (end - start) > KEPT_FREE;
    }

    void add(byte one) {
        makeRoom();
        bytes[end++] = one;
    }

    private void makeRoom() {
        if (end > SIZE / 2) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            start = 0;
        }
    }

    /** Reads what there is and fits. @return as {@link io.carafe.linux.call.file.Files#tryRead} */
    OptionalInt readFrom(Fd fd) {
        makeRoom();
        OptionalInt count = linux.files.tryRead(fd, bytes, end, SIZE - end);
        if (count.orElse(0) > 0) {
            end += count.getAsInt();
            last = bytes[end - 1];
        }
        return count;
    }

    /** Writes what is taken. */
    void writeTo(Fd fd, int most) {
        start += linux.files.tryWrite(fd, bytes, start, Math.min(most, end - start));
        if (start == end) {
            start = 0;
            end = 0;
        }
    }

    /** The last byte that was read, though it may be written already; 0 before any. */
    byte last() {
        return last;
    }

    void clear() {
        start = 0;
        end = 0;
    }
}
