package io.carafe.runtime.image.blob;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 and SHA-512 of java.security. */
public final class Sha2 {

    /** An algorithm that a digest may name. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 32),
        SHA512("sha512", "SHA-512", 64);

        /** As it stands before the colon. */
        public final String text;
        /** Length of the hash. */
        public final int bytes;
        /**
         * Found when the image is built, and cloned from then on: an image that looks for it among the providers has all of them in it, 0.7 MB.
         */
        private final MessageDigest fresh;

        Algorithm(String text, String name, int bytes) {
            this.text = text;
            this.bytes = bytes;
            try {
                this.fresh = MessageDigest.getInstance(name);
            } catch (NoSuchAlgorithmException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }

    private final Algorithm algorithm;
    private final MessageDigest hash;

    private Sha2(Algorithm algorithm, MessageDigest hash) {
        this.algorithm = algorithm;
        this.hash = hash;
    }

    public static Sha2 of(Algorithm algorithm) {
        try {
            return new Sha2(algorithm, (MessageDigest) algorithm.fresh.clone());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e); // those of the JDK can be cloned
        }
    }

    public void update(byte[] bytes, int offset, int count) {
        hash.update(bytes, offset, count);
    }

    /** Ends the message; the object is of no use afterwards. */
    public Digest digest() {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
    }
}
