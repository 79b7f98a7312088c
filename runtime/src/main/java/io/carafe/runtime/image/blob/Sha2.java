package io.carafe.runtime.image.blob;

/**
 * SHA-256 and SHA-512 (FIPS 180-4). Written out, because java.security finds its algorithms by reflection among some hundred
 * services, all of which would come into the image.
 */
public abstract sealed class Sha2 permits Sha256, Sha512 {

    /** An algorithm that a digest may name. */
    public enum Algorithm {
        SHA256("sha256", 32),
        SHA512("sha512", 64);

        /** As it stands before the colon. */
        public final String text;
        /** Length of the hash. */
        public final int bytes;

        Algorithm(String text, int bytes) {
            this.text = text;
            this.bytes = bytes;
        }
    }

    private static final String DIGITS = "0123456789abcdef";

    private final Algorithm algorithm;
    private final byte[] block;
    private int filled;
    private long length;

    Sha2(Algorithm algorithm, int blockBytes) {
        this.algorithm = algorithm;
        this.block = new byte[blockBytes];
    }

    public static Sha2 of(Algorithm algorithm) {
        return algorithm == Algorithm.SHA256 ? new Sha256() : new Sha512();
    }

    /** Mixes one block in. */
    abstract void compress(byte[] bytes, int offset);

    /** The state, big endian. */
    abstract byte[] state();

    public final void update(byte[] bytes, int offset, int count) {
        length += count;
        int at = offset;
        int left = count;
        if (filled > 0) {
            int taken = Math.min(left, block.length - filled);
            System.arraycopy(bytes, at, block, filled, taken);
            filled += taken;
            at += taken;
            left -= taken;
            if (filled < block.length) {
                return;
            }
            compress(block, 0);
        }
        for (; left >= block.length; left -= block.length, at += block.length) {
            compress(bytes, at);
        }
        System.arraycopy(bytes, at, block, 0, left);
        filled = left;
    }

    /** Ends the message; the object is of no use afterwards. */
    public final Digest digest() {
        // A one bit, zeros, then the length in bits in the last 8 (of 16) bytes; nobody hashes 2^61 bytes.
        byte[] padding = new byte[2 * block.length - filled - (filled < block.length - block.length / 8 ? block.length : 0)];
        padding[0] = (byte) 0x80;
        for (int i = 0; i < Long.BYTES; i++) {
            padding[padding.length - 1 - i] = (byte) (length * Byte.SIZE >>> i * Byte.SIZE);
        }
        update(padding, 0, padding.length);
        StringBuilder hex = new StringBuilder(algorithm.bytes * 2);
        for (byte b : state()) {
            hex.append(DIGITS.charAt(b >> 4 & 15)).append(DIGITS.charAt(b & 15));
        }
        return new Digest(algorithm, hex.toString());
    }
}
