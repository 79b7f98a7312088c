package io.carafe.runtime.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** From layouts made here to bundles, with the real kernel. */
class ImageBundleTest {

    private static final String GZIP = ImageLayoutWriter.TAR + "+gzip";
    private static final String ZSTD = ImageLayoutWriter.TAR + "+zstd";

    private final List<String> warned = new ArrayList<>();

    @TempDir
    private Path temporary;

    private Path layout() {
        return temporary.resolve("layout");
    }

    private Path store() {
        return temporary.resolve("root/layers");
    }

    private Config make(String reference, String bundle) throws Exception {
        return make(ImageBundle.Reference.parse(reference), bundle);
    }

    private Config make(ImageBundle.Reference reference, String bundle) throws Exception {
        Path dir = temporary.resolve(bundle);
        ImageBundle.make(Linux.over(Door.open()), reference, dir.toString(), store().toString(), false, Progress.NONE, warned::add);
        assertTrue(Files.isDirectory(dir.resolve("rootfs")));
        return ConfigJson.read(Files.readAllBytes(dir.resolve("config.json")));
    }

    private List<Path> layersOf(Config config) {
        String text = config.annotations().get(BundleConfigPlan.LOWER);
        List<Path> layers = new ArrayList<>();
        for (String path : text.split(":")) {
            layers.add(Path.of(path));
        }
        return layers;
    }

    private static byte[] gzip(byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private byte[] zstd(byte[] content) throws Exception {
        Path plain = Files.write(temporary.resolve("plain"), content);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/zstd")), "no zstd to compress a layer with");
        Path packed = temporary.resolve("packed");
        run("zstd", "-q", "-f", "-19", plain.toString(), "-o", packed.toString());
        return Files.readAllBytes(packed);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + said);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] tar(String name, String content) {
        return new TarWriter().file(name, content).end();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void layers_stand_in_the_annotation_with_the_topmost_first(Algorithm algorithm) throws Exception {
        new ImageLayoutWriter(layout(), algorithm).layer(tar("a", "low")).layer(tar("a", "high")).image("v1", "{}");
        List<Path> layers = layersOf(make(layout() + ":v1", "bundle"));
        assertEquals("high", Files.readString(layers.get(0).resolve("a")));
        assertEquals("low", Files.readString(layers.get(1).resolve("a")));
        assertTrue(layers.get(0).startsWith(store().resolve(algorithm.text)));
    }

    @Test
    void gzip_and_zstd_give_what_the_plain_tar_gives() throws Exception {
        byte[] random = new byte[300_000];
        new Random(3).nextBytes(random);
        byte[] tar = new TarWriter().file("big", 0644, 0, 0, random).file("text", "hello ".repeat(50_000)).end();
        // The members and frames that estargz and zstd:chunked are made of, one of them skippable.
        byte[] head = Arrays.copyOf(tar, 100_000);
        byte[] tail = Arrays.copyOfRange(tar, 100_000, tar.length);
        byte[] skippable = {0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
        List<byte[]> blobs = List.of(tar, gzip(tar), joined(gzip(head), gzip(tail)), zstd(tar),
                joined(zstd(head), skippable, zstd(tail), skippable));
        List<String> types = List.of(ImageLayoutWriter.TAR, GZIP, GZIP, ZSTD, ZSTD);
        for (int i = 0; i < blobs.size(); i++) {
            Path layout = temporary.resolve("layout" + i);
            new ImageLayoutWriter(layout, Algorithm.SHA256).layer(types.get(i), blobs.get(i), tar).image("v1", "{}");
            Path own = temporary.resolve("root" + i);
            ImageBundle.make(Linux.over(Door.open()), new ImageBundle.Reference(layout.toString(), Optional.empty()),
                    temporary.resolve("bundle" + i).toString(), own.toString(), false, Progress.NONE, warned::add);
            Config config = ConfigJson.read(Files.readAllBytes(temporary.resolve("bundle" + i).resolve("config.json")));
            assertArrayEquals(random, Files.readAllBytes(layersOf(config).get(0).resolve("big")), "case " + i);
            assertEquals(300_000, Files.size(layersOf(config).get(0).resolve("text")), "case " + i);
        }
    }

    @Test
    void a_document_may_be_longer_than_a_buffer() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "x"))
                .image("v1", "{\"Labels\":{\"long\":\"" + "l".repeat(100_000) + "\"}}");
        assertEquals(100_000, make(layout().toString(), "bundle").annotations().get("long").length());
    }

    @Test
    void a_layout_may_be_a_tar() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(GZIP, gzip(tar("a", "x")), tar("a", "x")).image("v1", "{}");
        Path archive = temporary.resolve("image.tar");
        run("tar", "-C", layout().toString(), "-cf", archive.toString(), ".");
        assertEquals("x", Files.readString(layersOf(make(archive + ":v1", "bundle")).get(0).resolve("a")));
    }

    @Test
    void a_layer_is_unpacked_once_for_all_bundles() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "x")).image("v1", "{}");
        Path first = layersOf(make(layout().toString(), "one")).get(0);
        Object inode = Files.getAttribute(first.resolve("a"), "unix:ino");
        Path second = layersOf(make(layout().toString(), "two")).get(0);
        assertEquals(first, second);
        assertEquals(inode, Files.getAttribute(second.resolve("a"), "unix:ino"));
    }

    @Test
    void a_layer_may_come_twice() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "x")).layer(tar("a", "y")).layer(tar("a", "x")).image("v1", "{}");
        List<Path> layers = layersOf(make(layout().toString(), "one"));
        assertEquals("xyx", Files.readString(layers.get(0).resolve("a")) + Files.readString(layers.get(1).resolve("a"))
                + Files.readString(layers.get(2).resolve("a")));
        assertEquals(3, Set.copyOf(layers).size(), "overlayfs takes no directory twice");
    }

    @Test
    void the_config_is_converted_and_names_are_looked_up_in_the_image() throws Exception {
        byte[] low = new TarWriter().directory("etc", 0755)
                .file("etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:34::/:/bin/sh\n").file("etc/group", "extra:x:77:web\n").end();
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(low).layer(tar("a", "x")).image("v1", "{\"User\":\"web\","
                + "\"Entrypoint\":[\"/e\",\"1\"],\"Cmd\":[\"c\"],\"Env\":[\"A=b\"],\"WorkingDir\":\"/srv\",\"StopSignal\":\"SIGQUIT\","
                + "\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},\"Volumes\":null,"
                + "\"Labels\":{\"l\":\"v\",\"org.opencontainers.image.author\":\"Bob\",\"io.carafe.rootfs.lower\":\"/\"}}");
        Config config = make(layout().toString(), "bundle");
        var process = config.process().orElseThrow();
        assertEquals(List.of("/e", "1", "c"), process.args());
        assertEquals("/srv", process.cwd());
        assertEquals(33, process.user().uid());
        assertEquals(34, process.user().gid());
        assertEquals(List.of(77L), process.user().additionalGids());
        assertTrue(process.env().contains("A=b"));
        assertEquals("v", config.annotations().get("l"));
        assertEquals("Bob", config.annotations().get("org.opencontainers.image.author"));
        assertEquals("SIGQUIT", config.annotations().get("org.opencontainers.image.stopSignal"));
        assertEquals("80/tcp,53/udp", config.annotations().get("org.opencontainers.image.exposedPorts"));
        assertEquals(2, layersOf(config).size(), "the label must not win over the layers");
        assertFalse(config.root().orElseThrow().readonly());
    }

    static Stream<Arguments> passwdFiles() {
        String passwd = "web:x:33:34::/:/bin/sh\n";
        return Stream.of(
                Arguments.of("a link", new TarWriter().file("etc/static/passwd", passwd).symbolicLink("etc/passwd", "static/passwd"), "web", "33:34"),
                Arguments.of("an absolute link", new TarWriter().file("nix/passwd", passwd).symbolicLink("etc/passwd", "/nix/passwd"), "web", "33:34"),
                Arguments.of("a link that leads out", new TarWriter().file("p", passwd).symbolicLink("etc/passwd", "../../../p"), "web", "33:34"),
                Arguments.of("a link to a link", new TarWriter().file("u/e/passwd", passwd).symbolicLink("etc", "u/f").symbolicLink("u/f", "../u/./e"),
                        "web", "33:34"),
                Arguments.of("a link to nothing", new TarWriter().symbolicLink("etc/passwd", "nowhere"), "web", "refused"),
                Arguments.of("a link to nothing", new TarWriter().symbolicLink("etc/passwd", "nowhere"), "33", "33:0"),
                Arguments.of("links in a circle", new TarWriter().symbolicLink("etc/passwd", "passwd"), "web", "refused"),
                Arguments.of("links in a circle", new TarWriter().symbolicLink("etc/passwd", "passwd"), "33", "33:0"),
                Arguments.of("a directory", new TarWriter().directory("etc/passwd", 0755), "web", "refused"),
                Arguments.of("a directory", new TarWriter().directory("etc/passwd", 0755), "33", "33:0"),
                Arguments.of("a FIFO", new TarWriter().device('6', "etc/passwd", 0, 0), "33", "33:0"),
                Arguments.of("etc as a file", new TarWriter().file("etc", ""), "33", "33:0"),
                Arguments.of("none", new TarWriter().file("x", ""), "33", "33:0"),
                Arguments.of("none", new TarWriter().file("x", ""), "33:44", "33:44"),
                Arguments.of("none", new TarWriter().file("x", ""), "web", "refused"),
                Arguments.of("a number with its line", new TarWriter().file("etc/passwd", passwd), "33", "33:34"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("passwdFiles")
    void a_name_is_looked_up_where_links_lead_inside_the_image(String what, TarWriter low, String user, String expected) throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(low.end()).layer(tar("above", "")).image("v1", "{\"User\":\"" + user + "\"}");
        String found;
        try {
            var made = make(layout().toString(), "bundle").process().orElseThrow().user();
            found = made.uid() + ":" + made.gid();
        } catch (ImageException e) {
            found = "refused";
        }
        assertEquals(expected, found);
    }

    @Test
    void a_link_of_an_upper_layer_wins_over_the_file_below() throws Exception {
        byte[] high = new TarWriter().file("new", "web:x:7:8::/:\n").symbolicLink("etc/passwd", "../new").end();
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("etc/passwd", "web:x:1:2::/:\n")).layer(high).image("v1", "{\"User\":\"web\"}");
        assertEquals(7, make(layout().toString(), "bundle").process().orElseThrow().user().uid());
    }

    @Test
    void a_tag_chooses_and_without_one_there_must_be_one_image() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "1")).image("v1", "{}").layer(tar("a", "2")).image("v2", "{}");
        assertEquals("2", Files.readString(layersOf(make(layout() + ":v2", "bundle")).get(0).resolve("a")));
        assertThrows(ImageException.class, () -> make(layout().toString(), "other"));
        assertThrows(ImageException.class, () -> make(layout() + ":v3", "other"));
    }

    @Test
    void an_index_gives_the_image_for_this_machine() throws Exception {
        ImageLayoutWriter writer = new ImageLayoutWriter(layout(), Algorithm.SHA256);
        List<String> entries = new ArrayList<>();
        for (String architecture : List.of("s390x", "amd64", "arm64", "unknown")) {
            writer.layer(tar("a", architecture));
            entries.add(writer.manifest("{}", ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}"));
        }
        writer.entry(writer.blob(ImageLayoutWriter.INDEX, ("{\"manifests\":[" + String.join(",", entries) + "]}").getBytes(), ""));
        String here = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        assertEquals(here, Files.readString(layersOf(make(layout().toString(), "bundle")).get(0).resolve("a")));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2"})
    void a_blob_with_another_content_is_refused(int which) throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "x".repeat(2000))).image("v1", "{}");
        List<Path> blobs;
        try (var files = Files.list(layout().resolve("blobs/sha256"))) {
            blobs = files.sorted((one, other) -> Long.compare(one.toFile().length(), other.toFile().length())).toList();
        }
        byte[] content = Files.readAllBytes(blobs.get(which));
        content[which == 2 ? 700 : 5] ^= 1;
        Files.write(blobs.get(which), content);
        assertTrue(assertThrows(ImageException.class, () -> make(layout().toString(), "bundle")).getMessage().contains("digest"));
        Files.write(blobs.get(which), "short".getBytes());
        assertTrue(assertThrows(ImageException.class, () -> make(layout().toString(), "bundle")).getMessage().contains("bytes"));
        assertFalse(Files.exists(temporary.resolve("bundle")));
        assertNothingHalfMade();
    }

    private void assertNothingHalfMade() throws Exception {
        for (String name : List.of("new", "sha256")) {
            Path dir = store().resolve(name);
            if (Files.exists(dir)) {
                try (var left = Files.list(dir)) {
                    assertEquals(List.of(), left.toList());
                }
            }
        }
    }

    @Test
    void a_layer_whose_tar_is_not_the_configs_is_refused() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(ImageLayoutWriter.TAR, tar("a", "x"), tar("a", "y")).image("v1", "{}");
        assertThrows(ImageException.class, () -> make(layout().toString(), "bundle"));
        assertNothingHalfMade();
    }

    @Test
    void a_directory_that_has_something_in_it_is_left_alone() throws Exception {
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar("a", "x")).image("v1", "{}");
        Files.createDirectories(temporary.resolve("bundle/mine"));
        assertThrows(KernelException.class, () -> make(layout().toString(), "bundle"));
        try (var left = Files.list(temporary.resolve("bundle"))) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void what_a_killed_one_left_is_removed_by_the_next() throws Exception {
        byte[] tar = tar("a", "x");
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar).image("v1", "{}");
        Path left = store().resolve("new").resolve(Digest.of(Algorithm.SHA256, tar).hex());
        Files.createDirectories(left.resolve("deep/er"));
        Files.writeString(left.resolve("a"), "half");
        Files.setPosixFilePermissions(left.resolve("deep"), Set.of());
        Path layer = layersOf(make(layout().toString(), "bundle")).get(0);
        assertEquals("x", Files.readString(layer.resolve("a")));
        assertFalse(Files.exists(layer.resolve("deep")));
        assertFalse(Files.exists(left));
    }

    @Test
    void several_at_once_make_one_layer() throws Exception {
        TarWriter tar = new TarWriter();
        for (int i = 0; i < 300; i++) {
            tar.file("file" + i, "content " + i);
        }
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar.end()).image("v1", "{}");
        List<Callable<Config>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String bundle = "bundle" + i;
            calls.add(() -> make(layout().toString(), bundle)); // each its own descriptors, so flock(2) is between them
        }
        var pool = Executors.newFixedThreadPool(calls.size());
        try {
            List<Path> layers = new ArrayList<>();
            for (var made : pool.invokeAll(calls)) {
                layers.addAll(layersOf(made.get()));
            }
            assertEquals(Collections.nCopies(4, layers.get(0)), layers);
            try (var files = Files.list(layers.get(0))) {
                assertEquals(300, files.count());
            }
        } finally {
            pool.shutdown();
        }
        try (var left = Files.list(store().resolve("new"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void progress_ends_at_the_size_of_the_blob() throws Exception {
        byte[] tar = tar("a", "x");
        new ImageLayoutWriter(layout(), Algorithm.SHA256).layer(tar).image("v1", "{}");
        List<String> told = new ArrayList<>();
        ImageBundle.make(Linux.over(Door.open()), ImageBundle.Reference.parse(layout().toString()), temporary.resolve("b").toString(),
                store().toString(), false, (layer, layers, bytes, size) -> told.add(layer + "/" + layers + " " + bytes + "/" + size), text -> { });
        assertEquals("1/1 " + tar.length + "/" + tar.length, told.get(told.size() - 1));
    }
}
