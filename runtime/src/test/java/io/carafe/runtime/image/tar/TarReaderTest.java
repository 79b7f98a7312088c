package io.carafe.runtime.image.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.image.blob.ImageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the headers of an archive may hold, and how much of it. */
class TarReaderTest {

    private static final int MEGABYTE = 1 << 20;

    private static List<TarEntry> entries(TarWriter tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar.end()));
        List<TarEntry> entries = new ArrayList<>();
        for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            entries.add(entry.get());
        }
        return entries;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record TooMuch(String complaint, UnaryOperator<TarWriter> tar) {
    }

    static List<TooMuch> tooMuch() {
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        for (int i = 0; i < 2000; i++) {
            attributes.put("SCHILY.xattr.user." + "n".repeat(40) + i, new byte[0]);
        }
        return List.of(
                new TooMuch("extended headers of at most 1048576 bytes before an entry",
                        tar -> tar.pax(Map.of("comment", new byte[MEGABYTE])).file("a", "")),
                new TooMuch("extended headers of at most 1048576 bytes before an entry", tar -> {
                    for (int i = 0; i < 3; i++) {
                        tar.pax(Map.of("comment", new byte[MEGABYTE / 2]));
                    }
                    return tar.file("a", "");
                }),
                // Between entries, each of which may have as much before it.
                new TooMuch("global extended headers with at most 1048576 bytes to keep", tar -> {
                    for (int i = 0; i < 200; i++) {
                        tar.global(Map.of("key" + i, new byte[MEGABYTE / 4])).file("a" + i, "");
                    }
                    return tar;
                }),
                new TooMuch("a name of at most 4096 bytes, found 5000", tar -> tar.pax(Map.of("path", text("n".repeat(5000)))).file("a", "")),
                new TooMuch("a name of at most 4096 bytes, found 1000000", tar -> tar.entry('L', "l", "", 0, 0, 0, text("n".repeat(1_000_000)), 0, 0)
                        .file("a", "")),
                new TooMuch("a link's target of at most 4096 bytes", tar -> tar.pax(Map.of("linkpath", text("n".repeat(5000)))).symbolicLink("a", "b")),
                new TooMuch("values of 65536 each", tar -> tar.pax(Map.of("SCHILY.xattr.user.big", new byte[70_000])).file("a", "")),
                new TooMuch("names of 65536 bytes together", tar -> tar.pax(attributes).file("a", "")),
                new TooMuch("names of 65536 bytes together", tar -> tar.global(attributes).file("a", "")),
                new TooMuch("at most 65536 regions", tar -> tar.pax(new java.util.TreeMap<>(Map.of("GNU.sparse.map", text("0,0,".repeat(100_000) + "0,0"),
                        "GNU.sparse.size", text("0")))).file("a", "")),
                new TooMuch("expected an integer for size", tar -> tar.pax(Map.of("size", text("9".repeat(100_000)))).file("a", "")),
                new TooMuch("a size of 0 or more", tar -> tar.pax(Map.of("size", text("9223372036854775807"))).file("a", "")));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void too_much_is_refused_with_its_bound_in_a_short_line(TooMuch row) {
        ImageException e = assertThrows(ImageException.class, () -> entries(row.tar().apply(new TarWriter())));
        assertTrue(e.getMessage().contains(row.complaint()), e.getMessage());
        assertTrue(e.getMessage().length() < 400, e.getMessage());
    }

    @Test
    void global_records_hold_until_an_entry_has_its_own_or_takes_them_back() throws IOException {
        List<TarEntry> entries = entries(new TarWriter().global(Map.of("uid", text("7"), "SCHILY.xattr.user.a", text("1"))).file("a", "")
                .pax(Map.of("uid", text("8"), "SCHILY.xattr.user.a", text(""))).file("b", "").pax(Map.of("uid", new byte[0])).file("c", "")
                .global(Map.of("uid", new byte[0])).file("d", ""));
        assertEquals(List.of(7, 8, 0, 0), entries.stream().map(TarEntry::uid).toList());
        assertArrayEquals(text("1"), entries.get(0).xattrs().get("user.a"));
        assertArrayEquals(text(""), entries.get(1).xattrs().get("user.a"));
    }

    @Test
    void what_is_global_is_not_copied_for_every_entry() throws IOException {
        Map<String, byte[]> records = new LinkedHashMap<>();
        for (int i = 0; i < 40_000; i++) {
            records.put("k" + i, text("v"));
        }
        TarWriter tar = new TarWriter().global(records);
        for (int i = 0; i < 20_000; i++) {
            tar.file("f" + i, "");
        }
        byte[] bytes = tar.end();
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        TarReader reader = new TarReader(new ByteArrayInputStream(bytes));
        int count = 0;
        while (reader.next().isPresent()) {
            count++;
        }
        assertEquals(20_000, count);
        // A copy each would be 20,000 times two megabytes.
        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 500L * MEGABYTE);
    }
}
