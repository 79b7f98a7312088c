package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
import io.carafe.runtime.image.tar.TarReader;
import io.carafe.runtime.image.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers as archivers in the field write them, each on top of those before it. */
class FieldLayersTest {

    private final Linux linux = Linux.over(Door.open());
    private final List<Path> layers = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    @TempDir
    private Path temporary;

    private Path layer(Consumer<TarWriter> entries) throws Exception {
        TarWriter tar = new TarWriter();
        entries.accept(tar);
        return layer(tar.end());
    }

    private Path layer(byte[] tar) throws Exception {
        Path layer = Files.createDirectory(temporary.resolve("layer" + layers.size()));
        LowerLayers lower = new LowerLayers(linux, layers.stream().map(Path::toString).toList());
        try (Fd dir = linux.files.open(layer.toString(), O_RDONLY | O_DIRECTORY); Unpacking unpacking = new Unpacking(linux, dir, lower)) {
            linux.files.fchmod(dir, 0755);
            unpacking.unpack(new TarReader(new ByteArrayInputStream(tar)), warnings::add);
        }
        layers.add(layer);
        return layer;
    }

    /** What a layer has, a line a file: {@code mode uid:gid path}, links with their targets, files with their content. */
    private String listed(Path layer) throws Exception {
        StringBuilder text = new StringBuilder();
        List<Path> paths;
        try (Stream<Path> all = Files.walk(layer)) {
            paths = all.sorted().toList();
        }
        for (Path path : paths) {
            FileStatus status = linux.paths.statx(Fd.CWD, path.toString(), AT_SYMLINK_NOFOLLOW);
            String name = path.equals(layer) ? "." : layer.relativize(path).toString();
            String what = status.isDirectory() ? "/" + (isOpaque(path) ? "!" : "") : Files.isSymbolicLink(path) ? "->" + Files.readSymbolicLink(path)
                    : status.isCharacterDevice(0, 0) ? " is hidden" : Files.isRegularFile(path) ? "=" + Files.readString(path) : "?";
            boolean plain = status.uid() == 0 && status.gid() == 0 && (!status.isDirectory() || status.permissions() == 0755);
            text.append(plain ? "" : Integer.toOctalString(status.permissions()) + "," + status.uid() + ":" + status.gid() + " ")
                    .append(name).append(what).append(' ');
        }
        return text.toString().strip();
    }

    private boolean isOpaque(Path path) {
        try (Fd dir = linux.files.open(path.toString(), O_PATH)) {
            Inodes inodes = new Inodes(linux);
            return inodes.isYes(dir, OpaqueMarker.TRUSTED) || inodes.isYes(dir, OpaqueMarker.USER);
        }
    }

    private static Arguments row(String what, Consumer<TarWriter> low, Consumer<TarWriter> high, String expected) {
        return Arguments.of(what, low, high, expected);
    }

    private static TarWriter directory(TarWriter tar, String name, int mode, int id) {
        return tar.entry('5', name, "", mode, id, id, new byte[0], 0, 0);
    }

    static Stream<Arguments> layersOnLayers() {
        return Stream.of(
                // Directories without an entry of their own are as the layers below have them.
                row("/tmp", tar -> tar.directory("tmp", 01777), tar -> tar.file("tmp/x", ""), "./ 1777,0:0 tmp/ tmp/x="),
                row("a home", tar -> directory(tar.directory("home", 0755), "home/user", 0700, 1000), tar -> tar.file("home/user/y", ""),
                        "./ home/ 700,1000:1000 home/user/ home/user/y="),
                row("several below one another", tar -> directory(directory(tar, "a", 0711, 5), "a/b", 02750, 6), tar -> tar.file("a/b/c/d", ""),
                        "./ 711,5:5 a/ 2750,6:6 a/b/ a/b/c/ a/b/c/d="),
                row("of a whiteout", tar -> directory(tar, "a", 0700, 7).file("a/x", ""), tar -> tar.file("a/.wh.x", ""),
                        "./ 700,7:7 a/ a/x is hidden"),
                row("of an opaque mark", tar -> directory(tar, "a", 0700, 7).file("a/x", ""), tar -> tar.file("a/.wh..wh..opq", "").file("a/y", ""),
                        "./ 700,7:7 a/! a/y="),
                row("of a hard link", tar -> directory(tar, "a", 0700, 7), tar -> tar.file("b", "").hardLink("a/x", "b"),
                        "./ 700,7:7 a/ a/x= b="),
                row("of a symbolic link", tar -> directory(tar, "a", 0700, 7), tar -> tar.symbolicLink("a/x", "b"), "./ 700,7:7 a/ a/x->b"),
                row("of a directory", tar -> directory(tar, "a", 0700, 7), tar -> tar.directory("a/x", 0755), "./ 700,7:7 a/ a/x/"),
                row("an entry that comes behind", tar -> directory(tar, "a", 0700, 7), tar -> tar.file("a/x", "").directory("a", 0711),
                        "./ 711,0:0 a/ a/x="),
                row("the root's own", tar -> directory(tar, "./", 0750, 8), tar -> tar.file("x", ""), "750,8:8 ./ x="),
                row("the root's own in an entry", tar -> directory(tar, "./", 0750, 8), tar -> tar.directory("./", 0711).file("x", ""), "711,0:0 ./ x="),
                row("hidden by a whiteout before it", tar -> directory(tar, "a", 0700, 7), tar -> tar.file(".wh.a", "").file("a/x", ""),
                        "./ a/! a/x="),
                row("hidden by a whiteout behind it", tar -> directory(tar, "a", 0700, 7), tar -> tar.file("a/x", "").file(".wh.a", ""),
                        "./ a/! a/x="),
                row("in what is hidden", tar -> directory(directory(tar, "a", 0700, 7), "a/b", 0700, 7), tar -> tar.file(".wh.a", "").file("a/b/x", ""),
                        "./ a/! a/b/ a/b/x="),
                row("in what is opaque", tar -> directory(directory(tar, "a", 0700, 7), "a/b", 0700, 7),
                        tar -> tar.file("a/b/x", "").file("a/.wh..wh..opq", ""), "./ 700,7:7 a/! a/b/ a/b/x="),
                row("where there was a file", tar -> tar.file("a", "low"), tar -> tar.file("a/x", ""), "./ a/ a/x="),
                row("where there was a link", tar -> tar.directory("usr", 0700).symbolicLink("a", "usr"), tar -> tar.file("a/x", ""), "./ a/ a/x="),
                // Names.
                row("absolute", tar -> directory(tar, "nix", 0711, 3), tar -> tar.file("/nix/store/x", "1"), "./ 711,3:3 nix/ nix/store/ nix/store/x=1"),
                row("absolute directory and target", tar -> { }, tar -> tar.directory("//d/", 0700).file("/d/./q", "1").hardLink("/b", "/d/q"),
                        "./ b=1 700,0:0 d/ d/q=1"),
                row("dotted", tar -> { }, tar -> tar.file("a/../b", "1").file("./c//d/../e", "2").file("./.hidden", "3").file("...", "4"),
                        "./ ...=4 .hidden=3 b=1 c/ c/e=2"),
                row("dotted target", tar -> { }, tar -> tar.file("q", "1").hardLink("b", "./x/../q"), "./ b=1 q=1"),
                row("whiteout with a dotted name", tar -> { }, tar -> tar.file("/a/../.wh.b", ""), "./ b is hidden"),
                row("root by another name", tar -> { }, tar -> directory(tar, "/", 0711, 0).directory("a/..", 0700), "700,0:0 ./"),
                // Links of the layer itself.
                row("below a link", tar -> { }, tar -> tar.directory("usr/real", 0700).symbolicLink("lk", "usr/real").file("lk/x", "1"),
                        "./ lk->usr/real usr/ 700,0:0 usr/real/ usr/real/x=1"),
                row("below an absolute link", tar -> { }, tar -> tar.symbolicLink("lk2", "/r").file("lk2/y", "1"), "./ lk2->/r r/ r/y=1"),
                row("below a link to what lower layers have", tar -> directory(tar, "r", 0700, 9), tar -> tar.symbolicLink("l", "r").file("l/y", "1"),
                        "./ l->r 700,9:9 r/ r/y=1"),
                row("below a link that leads out", tar -> { }, tar -> tar.symbolicLink("a", "../../../o").file("a/x", "1").symbolicLink("b", "/..").file("b/y", "2"),
                        "./ a->../../../o b->/.. o/ o/x=1 y=2"),
                row("below a link by links", tar -> { }, tar -> tar.directory("d/e", 0755).symbolicLink("d/up", "..").symbolicLink("l", "d/up/d/e/../e")
                        .file("l/x", "1").directory("l/z", 0700), "./ d/ d/e/ d/e/x=1 700,0:0 d/e/z/ d/up->.. l->d/up/d/e/../e"),
                row("whiteouts below a link", tar -> { }, tar -> tar.directory("d", 0755).symbolicLink("l", "d").file("l/.wh.x", "").file("l/.wh..wh..opq", ""),
                        "./ d/! d/x is hidden l->d"),
                row("hard link below and to below a link", tar -> { }, tar -> tar.directory("d", 0755).file("d/f", "1").symbolicLink("l", "/d").hardLink("l/g", "l/f"),
                        "./ d/ d/f=1 d/g=1 l->/d"),
                // Leftovers of aufs.
                row("aufs", tar -> { }, tar -> tar.directory(".wh..wh.plnk", 0700).file(".wh..wh.plnk/123.4", "1").directory(".wh..wh.orph/", 0700)
                        .file(".wh..wh.orph/5", "").file(".wh..wh.aufs", "").hardLink("a", ".wh..wh.plnk/123.4").file("d/.wh..wh.x/y", ""), "./ a=1"),
                row("aufs without directories", tar -> { }, tar -> tar.file("/.wh..wh.plnk/123", "1").hardLink("a", "/.wh..wh.plnk/123"), "./ a=1"),
                row("devices that are whiteouts in an overlay's own place", tar -> { }, tar -> tar.directory("a", 0755).file("a/.wh.b", "").file("a/b/c", "1"),
                        "./ a/ a/b/! a/b/c=1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layersOnLayers")
    void a_layer_is_what_the_field_makes_of_it(String what, Consumer<TarWriter> low, Consumer<TarWriter> high, String expected) throws Exception {
        assumeTrue(linux.credentials.geteuid() == 0, "only root may give files away");
        layer(low);
        assertEquals(expected, listed(layer(high)));
        assertEquals(List.of(), warnings);
    }

    @Test
    void a_directory_without_an_entry_is_as_the_nearest_layer_below_has_it() throws Exception {
        assumeTrue(linux.credentials.geteuid() == 0, "only root may give files away");
        layer(tar -> directory(tar.pax(Map.of("SCHILY.xattr.user.mine", "1".getBytes(), "mtime", "1000.5".getBytes())), "a", 0700, 1));
        layer(tar -> tar.file("a/x", ""));
        layer(tar -> tar.file("else", ""));
        Path top = layer(tar -> tar.file("a/y", ""));
        assertEquals("./ 700,1:1 a/ a/y=", listed(top));
        assertEquals("1", new String(ExtendedAttribute.of(top.resolve("a"), "user.mine")));
        assertEquals(1000_500, Files.getLastModifiedTime(top.resolve("a")).toMillis());
        layer(tar -> tar.file(".wh.a", ""));
        layer(tar -> tar.file("b", ""));
        assertEquals("./ a/ a/z=", listed(layer(tar -> tar.file("a/z", ""))));
    }

    /** user.* are taken by no link, com.apple.* by nobody. */
    @Test
    void attributes_that_are_not_taken_here_are_left_out_with_a_warning() throws Exception {
        byte[] value = "x".getBytes();
        Path made = layer(tar -> tar.pax(Map.of("SCHILY.xattr.com.apple.provenance", value)).file("a", "1")
                .pax(Map.of("SCHILY.xattr.com.apple.provenance", value)).file("b", "2")
                .pax(Map.of("SCHILY.xattr.user.mine", value)).symbolicLink("l", "a")
                .pax(Map.of("SCHILY.xattr.user.mine", value)).file("kept", "3")
                .pax(Map.of("SCHILY.xattr.system.posix_acl_access", value)).file("acl", "4")
                .pax(Map.of("SCHILY.xattr.user." + "n".repeat(300), value)).file("long", "5"));
        assertEquals("./ a=1 acl=4 b=2 kept=3 l->a long=5", listed(made));
        assertEquals("x", new String(ExtendedAttribute.of(made.resolve("kept"), "user.mine")));
        assertEquals(4, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).startsWith("entry a and 1 more: without the extended attribute com.apple.provenance"), warnings.get(0));
    }

    @Test
    void marks_of_overlayfs_are_dropped() throws Exception {
        byte[] yes = "y".getBytes();
        Path made = layer(tar -> tar.pax(Map.of("SCHILY.xattr.user.overlay.impure", yes, "SCHILY.xattr.trusted.overlay.origin", yes,
                "SCHILY.xattr.trusted.overlay.redirect", "/etc".getBytes(), "SCHILY.xattr.user.overlay.opaque", yes)).directory("d", 0755)
                .pax(Map.of("SCHILY.xattr.trusted.overlay.metacopy", yes)).file("d/f", "1"));
        assertEquals("./ d/ d/f=1", listed(made));
        try (Fd dir = linux.files.open(made.resolve("d").toString(), O_PATH)) {
            assertEquals(List.of(), new Inodes(linux).xattrs(dir));
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void the_end_of_an_archive_may_be_missing() throws Exception {
        byte[] tar = new TarWriter().file("a", "1").file("b", "x".repeat(700)).end();
        for (int missing : new int[] {1, 512, 1000, 1024, 1025, 1024 + 323, 1024 + 324}) {
            String listed = listed(layer(Arrays.copyOf(tar, tar.length - missing)));
            assertEquals("./ a=1 b=" + "x".repeat(700), listed, missing + " bytes missing");
        }
    }
}
