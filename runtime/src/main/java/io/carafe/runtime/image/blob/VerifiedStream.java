package io.carafe.runtime.image.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A stream that is hashed as it is read, and counted. What came out of it is not to be trusted before {@link #verify}. */
public final class VerifiedStream extends InputStream {

    private final InputStream in;
    private final Optional<Digest> expected;
    private final Optional<Sha2> hash;
    private final LongConsumer progress;
    private long count;

    /**
     * @param in closed with this
     * @param expected absent: nobody knows, and every content is right
     * @param progress is told the number of bytes read so far
     */
    public VerifiedStream(InputStream in, Optional<Digest> expected, LongConsumer progress) {
        this.in = in;
        this.expected = expected;
        this.hash = expected.map(digest -> Sha2.of(digest.algorithm()));
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        if (read > 0) {
            if (hash.isPresent()) {
                hash.get().update(into, offset, read);
            }
            count += read;
            progress.accept(count);
        }
        return read;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    /**
     * Reads what is left and compares the hash.
     *
     * @throws ImageException when it is another
     */
    public void verify() throws IOException {
        byte[] rest = new byte[8192];
        while (read(rest, 0, rest.length) >= 0) {
            continue;
        }
        Optional<Digest> found = hash.map(Sha2::digest);
        if (!found.equals(expected)) {
            throw new ImageException("expected content with the digest " + expected.get() + ", found " + found.get());
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
