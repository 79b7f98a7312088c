package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarReader;
import io.carafe.runtime.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tars to directories: what is kept, what overlayfs is told, and what is refused. */
class LayerTest {

    private final Linux linux = Linux.over(Door.open());

    @TempDir
    private Path temporary;
    private Path layer;
    private Path outside;

    @BeforeEach
    void directories() throws IOException {
        layer = Files.createDirectory(temporary.resolve("layer"));
        outside = Files.createDirectory(temporary.resolve("outside"));
    }

    private void unpack(byte[] tar) throws IOException {
        try (Fd dir = linux.files.open(layer.toString(), O_RDONLY | O_DIRECTORY); Unpacking unpacking = new Unpacking(linux, dir, new LowerLayers(linux, List.of()))) {
            unpacking.unpack(new TarReader(new ByteArrayInputStream(tar)), text -> { });
        }
    }

    private FileStatus status(String name) {
        return linux.paths.statx(Fd.CWD, layer.resolve(name).toString(), AT_SYMLINK_NOFOLLOW);
    }

    private boolean isOpaque(String name) {
        try (Fd dir = linux.files.open(layer.resolve(name).toString(), O_RDONLY | O_DIRECTORY)) {
            Inodes inodes = new Inodes(linux);
            return inodes.isYes(dir, OpaqueMarker.TRUSTED) || inodes.isYes(dir, OpaqueMarker.USER);
        }
    }

    private void onlyRoot() {
        assumeTrue(linux.credentials.geteuid() == 0, "only root may give files away and make devices");
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                named("..", tar -> tar.file("../outside/evil", "x")),
                named(".. in the middle", tar -> tar.directory("a", 0755).file("a/../../outside/evil", "x")),
                named("a directory over a symbolic link", tar -> tar.symbolicLink("a", "../outside").directory("a", 0777)),
                named("a file over a symbolic link", tar -> tar.symbolicLink("a", "../outside/evil").file("a", "x")),
                named("a hard link out", tar -> tar.hardLink("a", "../outside/there")),
                named("an absolute hard link", tar -> tar.hardLink("a", "/etc/passwd")),
                named("a hard link through a symbolic link", tar -> tar.symbolicLink("a", "../outside").hardLink("b", "a/there")),
                named("a hard link to nothing", tar -> tar.hardLink("b", "a")),
                named("through links in a circle", tar -> tar.symbolicLink("a", "b").symbolicLink("b", "a").file("a/x", "x")),
                named("through a link to itself", tar -> tar.symbolicLink("a", "a/b").file("a/x", "x")),
                named("through a link to a file", tar -> tar.file("f", "").symbolicLink("a", "f").file("a/x", "x")),
                named("deeper through links than a path can be", tar -> {
                    tar.directory("d/".repeat(200), 0755).symbolicLink("a", "d/".repeat(200));
                    tar.symbolicLink("d/".repeat(200) + "b", "e/".repeat(100)).file("a/b/x", "x");
                }),
                named("a hard link to a directory", tar -> tar.directory("a", 0755).hardLink("b", "a")),
                named("a hard link to the layer", tar -> tar.hardLink("b", ".")),
                named("a hard link to a whiteout", tar -> tar.file(".wh.a", "").hardLink("b", "a")),
                named("a file in a file", tar -> tar.file("a", "x").file("a/b", "x")),
                named("a file twice", tar -> tar.file("a", "x").file("a", "y")),
                named("a file over a directory", tar -> tar.directory("a", 0755).file("./a", "y")),
                named("the layer as a file", tar -> tar.file("./", "y").file(".", "x")),
                named("a device that is a whiteout", tar -> tar.device('3', "a", 0, 0)),
                named("a whiteout of nothing", tar -> tar.file("a/.wh.", "")),
                named("a whiteout of ..", tar -> tar.file("a/.wh...", "")),
                named("a directory named as a whiteout", tar -> tar.file(".wh.a/b", "")),
                named("a long name", tar -> tar.pax(Map.of("path", "n".repeat(256).getBytes())).file("a", "x")),
                named("a deep name", tar -> tar.pax(Map.of("path", "d/".repeat(300).getBytes())).directory("a", 0755)),
                named("a longer path than there can be", tar -> tar.pax(Map.of("path", "dd/".repeat(2000).getBytes())).directory("a", 0755)),
                named("a huge extended header", tar -> tar.pax(Map.of("comment", new byte[2 << 20])).file("a", "x")),
                named("NUL in a name", tar -> tar.pax(Map.of("path", "a\0b".getBytes())).file("a", "x")),
                named("a name that is not UTF-8", tar -> tar.pax(Map.of("path", new byte[] {'a', (byte) 0xe4})).file("a", "x")),
                named("an id that is too large", tar -> tar.pax(Map.of("uid", "4294967295".getBytes())).file("a", "x")),
                named("more content than there is", tar -> tar.pax(Map.of("size", "99999999999".getBytes())).file("a", "x")),
                named("a size that is no number", tar -> tar.pax(Map.of("size", "-1".getBytes())).file("a", "x")),
                named("a sparse map out of order", tar -> tar.pax(new TreeMap<>(Map.of("GNU.sparse.map", "4,1,0,1".getBytes(),
                        "GNU.sparse.size", "9".getBytes()))).file("a", "xy")),
                named("a sparse map beyond its size", tar -> tar.pax(new TreeMap<>(Map.of("GNU.sparse.map", "0,2".getBytes(),
                        "GNU.sparse.size", "1".getBytes()))).file("a", "xy")),
                named("a type that is no file", tar -> tar.entry('V', "a", "", 0644, 0, 0, new byte[0], 0, 0)));
    }

    private static Arguments named(String what, Consumer<TarWriter> tar) {
        return Arguments.of(what, tar);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void a_hostile_tar_is_refused_in_one_line_and_nothing_outside_changes(String what, Consumer<TarWriter> entries) throws Exception {
        Files.writeString(outside.resolve("there"), "mine");
        Object before = Files.getAttribute(outside, "unix:ctime");
        TarWriter tar = new TarWriter();
        entries.accept(tar);
        byte[] bytes = tar.end();
        ImageException refused = assertThrows(ImageException.class, () -> unpack(bytes));
        assertFalse(refused.getMessage().contains("\n"));
        try (var left = Files.list(outside)) {
            assertEquals(1, left.count());
        }
        assertEquals("mine", Files.readString(outside.resolve("there")));
        assertEquals(1, Files.getAttribute(outside.resolve("there"), "unix:nlink"));
        assertEquals(before, Files.getAttribute(outside, "unix:ctime"));
        assertFalse(Files.exists(Path.of("/tmp/evil")));
    }

    @Test
    void a_symbolic_link_may_point_anywhere_as_it_is_not_followed() throws Exception {
        unpack(new TarWriter().symbolicLink("a", "/../../etc/passwd").end());
        assertEquals("/../../etc/passwd", Files.readSymbolicLink(layer.resolve("a")).toString());
    }

    @Test
    void modes_owners_times_and_binary_attributes_are_kept() throws Exception {
        onlyRoot();
        byte[] capability = {1, 0, 0, 2, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}; // cap_setgid, cap_setuid
        unpack(new TarWriter().directory("d", 01777)
                .pax(Map.of("SCHILY.xattr.security.capability", capability, "mtime", "-1.25".getBytes(), "uid", "3000000000".getBytes()))
                .file("d/program", 06755, 1, 7, "x".getBytes()).end());
        assertEquals(01777, status("d").permissions());
        assertEquals(06755, status("d/program").permissions());
        assertEquals((int) 3_000_000_000L, status("d/program").uid());
        assertEquals(7, status("d/program").gid());
        assertEquals(-1250, Files.getLastModifiedTime(layer.resolve("d/program")).toMillis());
        assertEquals(1_000_000_000_000L, Files.getLastModifiedTime(layer.resolve("d")).toMillis());
        assertArrayEquals(capability, ExtendedAttribute.of(layer.resolve("d/program"), "security.capability"));
    }

    @Test
    void whiteouts_become_those_of_overlayfs() throws Exception {
        unpack(new TarWriter().directory("d", 0755).file("d/.wh.gone", "").file("d/.wh..wh..opq", "")
                .file(".wh..wh.plnk", "").directory("e", 0755).end());
        assertTrue(status("d/gone").isCharacterDevice(0, 0));
        assertTrue(isOpaque("d"));
        assertFalse(isOpaque("e"));
        assertFalse(Files.exists(layer.resolve(".wh..wh.plnk")));
        assertFalse(Files.exists(layer.resolve("d/.wh..wh..opq")));
    }

    @Test
    void a_whiteout_hides_only_what_the_layers_below_have() throws Exception {
        unpack(new TarWriter().file("before", "1").file(".wh.before", "").file(".wh.after", "").file("after", "2")
                .directory("d1", 0755).file("d1/f", "3").file(".wh.d1", "").file(".wh.d2", "").directory("d2", 0755).end());
        assertEquals("1", Files.readString(layer.resolve("before")));
        assertEquals("2", Files.readString(layer.resolve("after")));
        assertEquals("3", Files.readString(layer.resolve("d1/f")));
        assertTrue(isOpaque("d1"), "lower d1 must stay hidden");
        assertTrue(isOpaque("d2"), "lower d2 must stay hidden");
    }

    @Test
    void hard_links_share_their_file() throws Exception {
        unpack(new TarWriter().directory("d", 0555).file("d/one", "x").hardLink("two", "./d/one").symbolicLink("s", "x").hardLink("t", "s").end());
        assertTrue(status("two").isSameFile(status("d/one")));
        assertTrue(status("t").isSameFile(status("s")));
    }

    @Test
    void directories_without_an_entry_are_made() throws Exception {
        unpack(new TarWriter().file("a/b/c", "x").directory("a", 0700).end());
        assertEquals(0755, status("a/b").permissions());
        assertEquals(0700, status("a").permissions());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void what_gnu_tar_writes_is_read_back(String format) throws Exception {
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        String longName = "n".repeat(120) + "/" + "ü".repeat(100);
        Files.createDirectories(tree.resolve(longName).getParent());
        Files.writeString(tree.resolve(longName), "long");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("l".repeat(200)));
        try (var sparse = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            for (int i = 1; i < 40; i++) { // more regions than a header holds
                sparse.seek(i * 200_000L);
                sparse.writeBytes("content " + i);
            }
            sparse.setLength(20_000_000);
        }
        Path tar = temporary.resolve("tar");
        Process process = new ProcessBuilder("tar", "-C", tree.toString(), "--sparse", "--format=" + format.split(" ")[0],
                "--sparse-version=" + format.split(" ")[1], "-cf", tar.toString(), ".").inheritIO().start();
        assertEquals(0, process.waitFor());
        unpack(Files.readAllBytes(tar));
        assertEquals("long", Files.readString(layer.resolve(longName)));
        assertEquals("l".repeat(200), Files.readSymbolicLink(layer.resolve("link")).toString());
        assertEquals(-1, Files.mismatch(tree.resolve("sparse"), layer.resolve("sparse")));
        long blocks = (long) new ProcessBuilder("stat", "-c", "%b", layer.resolve("sparse").toString()).start()
                .inputReader().lines().mapToLong(Long::parseLong).sum();
        assertTrue(blocks * 512 < 10_000_000, "the holes were filled: " + blocks + " blocks");
    }

    static Stream<String> formats() {
        return Stream.of("gnu 1.0", "pax 0.0", "pax 0.1", "pax 1.0");
    }

    @Test
    void devices_are_made_by_root() throws Exception {
        onlyRoot();
        unpack(new TarWriter().device('3', "null", 1, 3).device('4', "disk", 8, 1).device('6', "pipe", 0, 0).end());
        assertTrue(status("null").isCharacterDevice(1, 3));
        assertEquals(8, status("disk").rdevMajor());
        assertEquals(0644, status("pipe").permissions());
    }

    @Test
    void a_tar_that_ends_in_the_middle_is_refused() {
        byte[] tar = new TarWriter().file("a", "x".repeat(3000)).file("b", "y").end();
        int end = tar.length - 1024 - 511; // the two blocks of zeros may be missing, and what fills the last block of content up
        int content = 512 + 3000;
        for (int length = 1; length < end; length += 111) {
            byte[] part = Arrays.copyOf(tar, length);
            if (length < content || length > content + (-content & 511)) { // where only what fills a block up is missing, a is whole
                assertThrows(ImageException.class, () -> new Drained(part).read(), "length " + length);
            }
        }
    }

    /** Goes through a tar without making anything. */
    private record Drained(byte[] tar) {

        void read() throws IOException {
            TarReader reader = new TarReader(new ByteArrayInputStream(tar));
            while (reader.next().isPresent()) {
                continue;
            }
        }
    }
}
