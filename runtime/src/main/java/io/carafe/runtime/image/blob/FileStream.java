package io.carafe.runtime.image.blob;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.file.Files;
import java.io.InputStream;

/**
 * A part of an open file as a stream. {@link #available} is 0 at the end only, which GZIPInputStream takes as its sign that no
 * further member follows.
 */
public final class FileStream extends InputStream {

    private static final int CHUNK = 32 * 1024;

    private final Files files;
    private final Fd fd;
    private long left;

    private FileStream(Files files, Fd fd, long length) {
        this.files = files;
        this.fd = fd;
        this.left = length;
    }

    /** From an offset on, for a length in bytes. The stream owns the descriptor, which is closed also when this fails. */
    public static FileStream of(Files files, Fd fd, long offset, long length) {
        try (Undo undo = new Undo()) {
            undo.onFailure(fd::close);
            files.seek(fd, offset);
            undo.keep();
            return new FileStream(files, fd, length);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (left == 0) {
            return -1;
        }
        if (length == 0) {
            return 0; // or it would look like the end; readNBytes asks so, when its buffer is full
        }
        int count = files.read(fd, into, offset, (int) Math.min(left, Math.min(length, CHUNK)));
        if (count == 0) {
            throw new ImageException("the file ends " + left + " bytes before its end");
        }
        left -= count;
        return count;
    }

    @Override
    public int available() {
        return (int) Math.min(left, CHUNK);
    }

    @Override
    public void close() {
        fd.close();
    }
}
