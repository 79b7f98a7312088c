package io.airlift.compress.zstd;

import static sun.misc.Unsafe.ARRAY_BYTE_BASE_OFFSET;

/**
 * The library's decoder of one block, with a window of the caller's. The library's own streams have windows of 8 MiB at most; what decodes
 * a block has no such bound, and is reached from its package alone.
 */
public final class BlockDecoder {

    /** What the library asks a window to be, which nothing else depends on. */
    private static final int ACCEPTED_WINDOW = ZstdFrameDecompressor.MAX_WINDOW_SIZE;

    private final ZstdFrameDecompressor decoder = new ZstdFrameDecompressor();

    /** What blocks of one frame share is forgotten. */
    public void beginFrame() {
        decoder.reset();
    }

    /**
     * Decodes a compressed block.
     *
     * @param block its bytes, from the first on
     * @param window what was decoded before it, up to {@code at}, and room behind that
     * @param limit the end of the room
     * @return how many bytes were written into the window
     * @throws RuntimeException of several kinds when the block is damaged
     */
    public int decode(byte[] block, int length, byte[] window, int at, int limit) {
        return decoder.decodeCompressedBlock(block, ARRAY_BYTE_BASE_OFFSET, length, window, (long) ARRAY_BYTE_BASE_OFFSET + at,
                (long) ARRAY_BYTE_BASE_OFFSET + limit, ACCEPTED_WINDOW, ARRAY_BYTE_BASE_OFFSET);
    }
}
