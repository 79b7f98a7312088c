package io.carafe.runtime.image.compression;

import io.carafe.runtime.image.blob.ImageException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Goes through a zstd stream block by block, past its skippable frames, which podman's zstd:chunked layers end with. Decodes nothing.
 *
 * @see "RFC 8878, section 3.1"
 */
final class ZstdFrames {

    /** What a block may be. */
    enum Block { RAW, REPEATED, COMPRESSED, RESERVED }

    /** Block_Maximum_Size: of the content of a block, and of its bytes. */
    static final int LARGEST_BLOCK = 128 * 1024;
    /** As zstd(1) takes it without being asked, --long=27. */
    static final int LARGEST_WINDOW = 128 << 20;

    private static final int MAGIC = 0xFD2FB528;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};
    private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};
    /** Of the two bytes long content size, RFC 8878, 3.1.1.1.4. */
    private static final int CONTENT_SIZE_OFFSET = 256;

    private final InputStream in;
    private final byte[] header = new byte[14];
    private final byte[] content = new byte[LARGEST_BLOCK];
    private boolean inFrame;
    private boolean firstBlock;
    private boolean hasChecksum;
    private int window;
    private Block block = Block.RAW;
    private int size;

    ZstdFrames(InputStream in) {
        this.in = in;
    }

    /**
     * Goes to the next block.
     *
     * @return false at the end of the stream
     * @throws ImageException when it is no zstd, or of a window that nobody has to have
     */
    boolean next() throws IOException {
        while (!inFrame) {
            int first = in.read();
            if (first < 0) {
                return false;
            }
            take(header, 3);
            int magic = first | (int) number(0, 3) << Byte.SIZE;
            if (magic == MAGIC) {
                beginFrame();
            } else if ((magic & ~0xf) == SKIPPABLE) {
                take(header, 4);
                pass(number(0, 4));
            } else {
                throw new ImageException("expected a zstd frame, found something else");
            }
        }
        take(header, 3);
        int word = (int) number(0, 3);
        boolean last = (word & 1) != 0;
        block = Block.values()[word >> 1 & 3];
        size = word >> 3;
        if (size > LARGEST_BLOCK || block == Block.RESERVED) {
            throw new IOException("the zstd stream is damaged: no such block");
        }
        take(content, block == Block.REPEATED ? 1 : size); // one byte stands for all
        if (last) {
            take(header, hasChecksum ? 4 : 0); // the digest of the tar says more
            inFrame = false;
        }
        return true;
    }

    private void beginFrame() throws IOException {
        take(header, 1);
        int descriptor = header[0];
        boolean singleSegment = (descriptor & 0x20) != 0;
        int sizeFlag = descriptor >> 6 & 3;
        int sizeBytes = sizeFlag == 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag];
        int dictionaryBytes = DICTIONARY_ID_BYTES[descriptor & 3];
        int windowBytes = singleSegment ? 0 : 1;
        take(header, windowBytes + dictionaryBytes + sizeBytes);
        if (number(windowBytes, dictionaryBytes) != 0) {
            throw new ImageException("expected a zstd stream without a dictionary");
        }
        long asked = singleSegment ? number(dictionaryBytes, sizeBytes) + (sizeBytes == 2 ? CONTENT_SIZE_OFFSET : 0)
                : (8L + (header[0] & 7)) << 7 + (header[0] >> 3 & 31);
        if (asked < 0 || asked > LARGEST_WINDOW) {
            throw new ImageException("expected a zstd stream with a window of at most " + LARGEST_WINDOW + " bytes, found one of "
                    + Long.toUnsignedString(asked));
        }
        window = (int) asked;
        hasChecksum = (descriptor & 4) != 0;
        inFrame = true;
        firstBlock = true;
    }

    /** Whether the block is its frame's first; told once. */
    boolean beginsFrame() {
        boolean begins = firstBlock;
        firstBlock = false;
        return begins;
    }

    /** How far back blocks of the frame may refer, in bytes. */
    int window() {
        return window;
    }

    Block block() {
        return block;
    }

    /** Of the content, where the block is repeated; else of its bytes. */
    int size() {
        return size;
    }

    /** Good until the next block is asked for. */
    byte[] content() {
        return content;
    }

    /** Little endian, as all numbers of the format. */
    private long number(int from, int bytes) {
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            number = number << Byte.SIZE | header[from + i] & 0xff;
        }
        return number;
    }

    private void take(byte[] into, int count) throws IOException {
        if (in.readNBytes(into, 0, count) < count) {
            throw new ImageException("the zstd stream ends in the middle");
        }
    }

    private void pass(long count) throws IOException {
        for (long left = count; left > 0; ) {
            int part = (int) Math.min(left, content.length);
            take(content, part);
            left -= part;
        }
    }

    void close() throws IOException {
        in.close();
    }
}
