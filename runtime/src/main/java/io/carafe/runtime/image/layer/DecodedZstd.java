package io.carafe.runtime.image.layer;

import io.airlift.compress.zstd.ZstdInputStream;
import io.carafe.runtime.image.blob.ImageException;
import java.io.IOException;
import java.io.InputStream;

/** What a zstd stream holds. The decoder has several exceptions for a damaged one, that of an array's bounds among them; here it is one. */
final class DecodedZstd extends InputStream {

    private final InputStream decoder;

    DecodedZstd(InputStream compressed) {
        this.decoder = new ZstdInputStream(new ZstdFrames(compressed));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws IOException for a stream that is damaged */
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return decoder.read(into, offset, length);
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IOException("the zstd stream is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        decoder.close();
    }
}
