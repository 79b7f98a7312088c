package io.carafe.runtime.image.layer;

import io.carafe.runtime.image.blob.ImageException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A zstd stream without its skippable frames, which the decoder does not know and which podman's zstd:chunked layers end with.
 * Goes by the lengths in the headers and decodes nothing.
 *
 * @see "RFC 8878, section 3.1"
 */
final class ZstdFrames extends InputStream {

    private static final int MAGIC = 0xFD2FB528;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};
    private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};

    private final InputStream in;
    /** A header that has been read and is to be handed out. */
    private final byte[] header = new byte[18];
    private int headerAt;
    private int headerEnd;
    /** Bytes behind the header that go through as they are. */
    private long through;
    private boolean inFrame;
    private boolean lastBlock;
    private int checksumBytes;

    ZstdFrames(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (headerAt == headerEnd && through == 0 && !nextHeader()) {
            return -1;
        }
        if (headerAt < headerEnd) {
            int count = Math.min(length, headerEnd - headerAt);
            System.arraycopy(header, headerAt, into, offset, count);
            headerAt += count;
            return count;
        }
        int count = in.read(into, offset, (int) Math.min(length, through));
        if (count < 0) {
            throw ended();
        }
        through -= count;
        return count;
    }

    /** @return false at the end of the stream */
    private boolean nextHeader() throws IOException {
        headerAt = 0;
        headerEnd = 0;
        if (inFrame && !lastBlock) {
            take(3);
            int block = header[0] & 0xff | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
            lastBlock = (block & 1) != 0;
            boolean repeated = (block >> 1 & 3) == 1; // one byte stands for all
            through = (repeated ? 1 : block >> 3) + (lastBlock ? checksumBytes : 0);
            return true;
        }
        while (true) {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            header[0] = (byte) first;
            headerEnd = 1;
            take(3);
            int magic = word();
            if (magic == MAGIC) {
                frame();
                return true;
            }
            if ((magic & ~0xf) != SKIPPABLE) {
                throw new ImageException("expected a zstd frame, found something else");
            }
            headerEnd = 0;
            take(4);
            pass(Integer.toUnsignedLong(word()));
            headerEnd = 0;
        }
    }

    private void frame() throws IOException {
        take(1);
        int descriptor = header[4];
        boolean singleSegment = (descriptor & 0x20) != 0;
        int sizeFlag = descriptor >> 6 & 3;
        take((singleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3]
                + (sizeFlag == 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]));
        checksumBytes = (descriptor & 4) != 0 ? 4 : 0;
        inFrame = true;
        lastBlock = false;
    }

    private int word() {
        return header[0] & 0xff | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16 | (header[3] & 0xff) << 24;
    }

    private void take(int count) throws IOException {
        if (in.readNBytes(header, headerEnd, count) < count) {
            throw ended();
        }
        headerEnd += count;
    }

    private void pass(long count) throws IOException {
        byte[] discarded = new byte[(int) Math.min(count, 8192)];
        for (long left = count; left > 0; ) {
            int read = in.read(discarded, 0, (int) Math.min(left, discarded.length));
            if (read < 0) {
                throw ended();
            }
            left -= read;
        }
    }

    private static ImageException ended() {
        return new ImageException("the zstd stream ends in the middle");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
