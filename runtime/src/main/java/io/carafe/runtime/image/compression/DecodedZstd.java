package io.carafe.runtime.image.compression;

import io.airlift.compress.zstd.BlockDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What a zstd stream holds. The decoder has several exceptions for a damaged one, that of an array's bounds among them; here it is one.
 *
 * <p>The last bytes of the content, as many as the frame's window has, stay in one array with room behind them; when that is full they go
 * back to its beginning. It grows with the content, to five quarters of the window.
 */
final class DecodedZstd extends InputStream {

    private static final int LEAST_ROOM = 8 * ZstdFrames.LARGEST_BLOCK;

    private final ZstdFrames frames;
    private final BlockDecoder decoder = new BlockDecoder();
    private byte[] decoded = new byte[LEAST_ROOM];
    /** What was decoded ends here, and what was read. */
    private int end;
    private int read;

    DecodedZstd(InputStream compressed) {
        this.frames = new ZstdFrames(compressed);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws IOException for a stream that is damaged */
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (read == end) {
            if (!frames.next()) {
                return -1;
            }
            decode();
        }
        int count = Math.min(length, end - read);
        System.arraycopy(decoded, read, into, offset, count);
        read += count;
        return count;
    }

    private void decode() throws IOException {
        if (frames.beginsFrame()) {
            decoder.beginFrame();
            end = 0; // no frame refers to another
            read = 0;
        }
        makeRoom();
        switch (frames.block()) {
            case RAW -> System.arraycopy(frames.content(), 0, decoded, end, frames.size());
            case REPEATED -> Arrays.fill(decoded, end, end + frames.size(), frames.content()[0]);
            default -> {
                end += compressed();
                return;
            }
        }
        end += frames.size();
    }

    private int compressed() throws IOException {
        try {
            return decoder.decode(frames.content(), frames.size(), decoded, end, end + ZstdFrames.LARGEST_BLOCK);
        } catch (RuntimeException e) {
            throw new IOException("the zstd stream is damaged: " + e.getMessage(), e);
        }
    }

    /** For one block more; all that was decoded has been read. */
    private void makeRoom() {
        if (decoded.length - end >= ZstdFrames.LARGEST_BLOCK) {
            return;
        }
        int most = frames.window() + Math.max(LEAST_ROOM, frames.window() / 4);
        if (decoded.length < most) {
            decoded = Arrays.copyOf(decoded, Math.min(most, 2 * decoded.length));
        }
        if (decoded.length - end < ZstdFrames.LARGEST_BLOCK) {
            int kept = Math.min(end, frames.window());
            System.arraycopy(decoded, end - kept, decoded, 0, kept);
            end = kept;
            read = kept;
        }
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
