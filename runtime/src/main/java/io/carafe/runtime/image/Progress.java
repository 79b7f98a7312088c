package io.carafe.runtime.image;

/** Is told how far the work is; may draw a bar. */
@FunctionalInterface
public interface Progress {

    /** Draws nothing. */
    Progress NONE = (layer, layers, bytes, size) -> { };

    /**
     * Some of a layer was unpacked; not called for a layer that the store has already.
     *
     * @param layer counted from 1, the lowest
     * @param layers how many the image has
     * @param bytes of the layer's blob so far
     * @param size of the blob, in bytes
     */
    void unpacked(int layer, int layers, long bytes, long size);
}
