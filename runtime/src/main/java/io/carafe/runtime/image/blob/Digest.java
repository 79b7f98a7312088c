package io.carafe.runtime.image.blob;

import io.carafe.spec.table.TextType;

/**
 * The name of some bytes: {@code sha256:…} or {@code sha512:…}.
 *
 * @param hex lower case, as long as the algorithm wants; so it is safe as a file name
 * @see "image-spec descriptor.md, Digests"
 */
public record Digest(Sha2.Algorithm algorithm, String hex) {

    /** A digest as a property of a document. */
    public static final TextType<Digest> TYPE = new TextType<>() {
        @Override
        protected Digest parse(String text) {
            return Digest.parse(text);
        }

        @Override
        protected String text(Digest value) {
            return value.toString();
        }
    };

    /** @throws IllegalArgumentException with what was expected */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? "" : text.substring(0, colon);
        for (Sha2.Algorithm algorithm : Sha2.Algorithm.values()) {
            if (algorithm.text.equals(name)) {
                String hex = text.substring(colon + 1);
                if (hex.length() != algorithm.bytes * 2 || !isHex(hex)) {
                    throw new IllegalArgumentException("expected " + algorithm.bytes * 2 + " digits of 0-9 and a-f after "
                            + name + ":, found \"" + hex + "\"");
                }
                return new Digest(algorithm, hex);
            }
        }
        throw new IllegalArgumentException("expected a digest that starts with sha256: or sha512:, found \"" + text + "\"");
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** The hash of some bytes in memory. */
    public static Digest of(Sha2.Algorithm algorithm, byte[] content) {
        Sha2 hash = Sha2.of(algorithm);
        hash.update(content, 0, content.length);
        return hash.digest();
    }

    @Override
    public String toString() {
        return algorithm.text + ":" + hex;
    }
}
