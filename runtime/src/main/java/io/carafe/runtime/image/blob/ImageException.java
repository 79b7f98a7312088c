package io.carafe.runtime.image.blob;

/** An image is not what the image specification says, or is one that must not be unpacked. The message is one line. */
public final class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }

    /** The same complaint with its subject in front. */
    public ImageException during(String outer) {
        return new ImageException(outer + ": " + getMessage());
    }
}
