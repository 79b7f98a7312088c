package io.carafe.runtime.image.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.image.blob.Sha2.Algorithm;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the examples of FIPS 180-4, and by itself. */
class Sha2Test {

    @ParameterizedTest
    @CsvSource({
        "SHA256, '', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "SHA256, abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "SHA512, '', cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        "SHA512, abc, ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"})
    void the_examples_of_the_standard_have_their_hashes(Algorithm algorithm, String text, String hex) {
        assertEquals(hex, Digest.of(algorithm, text.getBytes()).hex());
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void it_does_not_matter_in_what_pieces_the_bytes_come_nor_what_else_is_hashed(Algorithm algorithm) {
        byte[] bytes = new byte[100_000];
        Random random = new Random(8);
        random.nextBytes(bytes);
        Sha2 hash = Sha2.of(algorithm);
        Sha2 other = Sha2.of(algorithm);
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, random.nextInt(400));
            hash.update(bytes, at, count);
            other.update(bytes, 0, count);
            at += count;
        }
        assertEquals(Digest.of(algorithm, bytes), hash.digest());
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
