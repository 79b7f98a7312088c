package io.carafe.runtime.image.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.image.blob.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What zstd(1) writes, with windows of every size that it takes without being asked. */
class DecodedZstdTest {

    @TempDir
    private Path temporary;

    /** Of a pipe, so that the window is the whole one and not the content's size. */
    private byte[] zstd(byte[] content, String options) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/zstd")), "no zstd to compress with");
        Path plain = Files.write(temporary.resolve("plain"), content);
        Path packed = temporary.resolve("packed");
        Process process = new ProcessBuilder("sh", "-c", "cat \"$1\" | zstd -q " + options + " >\"$2\"", "sh", plain.toString(), packed.toString())
                .inheritIO().start();
        assertEquals(0, process.waitFor(), options);
        return Files.readAllBytes(packed);
    }

    private static byte[] decoded(byte[] packed) throws IOException {
        try (DecodedZstd in = new DecodedZstd(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    /** Bytes that come again after so many others: a match reaches back to them. */
    private static byte[] far(int distance, int length) {
        byte[] content = new byte[distance + length];
        new Random(5).nextBytes(content);
        System.arraycopy(content, 0, content, distance, length);
        return content;
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-3", "-19", "-20 --ultra", "-22 --ultra", "--long=24", "--long=27", "-1 --no-check --long=25", "--format=zstd -3 --fast=5"})
    void windows_of_all_sizes_are_decoded(String options) throws Exception {
        byte[] content = far(20_000_000, 3_000_000);
        assertArrayEquals(content, decoded(zstd(content, options)), options);
    }

    @Test
    void the_whole_of_the_largest_window_is_there() throws Exception {
        byte[] content = far((128 << 20) - (1 << 18), 400_000);
        byte[] packed = zstd(content, "-1 --long=27");
        assertTrue(packed.length < content.length - 100_000, "a match that far back was found");
        assertArrayEquals(content, decoded(packed));
    }

    @Test
    void a_larger_window_is_refused_by_its_size() throws Exception {
        ImageException refused = assertThrows(ImageException.class, () -> decoded(zstd(far(1000, 10), "--long=28")));
        assertTrue(refused.getMessage().contains("268435456"), refused.getMessage());
    }

    @Test
    void frames_and_what_may_be_skipped_follow_one_another() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Random random = new Random(6);
        for (int size : new int[] {0, 1, 100, 300, 131_072, 131_073, 1_500_000, 70_000, 3_000_000, 5}) {
            byte[] content = new byte[size];
            for (int i = 0; i < size; i++) {
                content[i] = (byte) (size % 2 == 0 ? 7 : random.nextInt(4)); // even: blocks of one byte that comes again
            }
            packed.write(zstd(content, size % 3 == 0 ? "-1" : "-9"));
            packed.write(new byte[] {0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3});
            expected.write(content);
        }
        assertArrayEquals(expected.toByteArray(), decoded(packed.toByteArray()));
    }

    @Test
    void whatever_is_damaged_ends_in_an_exception_that_is_meant() throws Exception {
        byte[] text = "some words that come again and again, some words ".repeat(20_000).getBytes();
        byte[] packed = zstd(text, "-19");
        List<String> others = new ArrayList<>();
        for (int at = 0; at < packed.length; at++) {
            byte[] damaged = packed.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            try {
                decoded(damaged);
            } catch (IOException | ImageException meant) {
                continue;
            } catch (RuntimeException e) {
                others.add(at + ": " + e);
            }
        }
        assertEquals(List.of(), others);
        for (int length = 1; length < packed.length; length++) {
            byte[] part = Arrays.copyOf(packed, length);
            assertThrows(ImageException.class, () -> decoded(part), "of " + length + " bytes");
        }
    }
}
