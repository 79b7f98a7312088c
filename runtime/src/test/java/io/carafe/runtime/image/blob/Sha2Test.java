package io.carafe.runtime.image.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.image.blob.Sha2.Algorithm;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the JDK's. */
class Sha2Test {

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void every_length_around_the_blocks_has_the_hash_that_the_jdk_gives_it(Algorithm algorithm) throws Exception {
        byte[] bytes = new byte[700];
        new Random(7).nextBytes(bytes);
        for (int length = 0; length <= bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertEquals(jdk(algorithm, part), Digest.of(algorithm, part).hex(), "length " + length);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void it_does_not_matter_in_what_pieces_the_bytes_come(Algorithm algorithm) throws Exception {
        byte[] bytes = new byte[100_000];
        Random random = new Random(8);
        random.nextBytes(bytes);
        Sha2 hash = Sha2.of(algorithm);
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, random.nextInt(400));
            hash.update(bytes, at, count);
            at += count;
        }
        assertEquals(jdk(algorithm, bytes), hash.digest().hex());
    }

    private static String jdk(Algorithm algorithm, byte[] bytes) throws Exception {
        String name = algorithm == Algorithm.SHA256 ? "SHA-256" : "SHA-512";
        return HexFormat.of().formatHex(MessageDigest.getInstance(name).digest(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha256", "sha256:", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:../../../../../../../../../../../../../../../../../../../../../etc/",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"})
    void what_is_no_digest_is_refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Digest.parse(text));
    }

    @Test
    void a_digest_is_written_as_it_was_read() {
        String text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertEquals(text, Digest.parse(text).toString());
        assertEquals(text, Digest.of(Algorithm.SHA256, new byte[0]).toString());
    }
}
