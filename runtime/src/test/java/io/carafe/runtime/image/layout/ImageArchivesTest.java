package io.carafe.runtime.image.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.image.ImageBundle;
import io.carafe.runtime.image.Progress;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.tar.TarWriter;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in every form that the field saves them in, each as a tar and as a folder. */
class ImageArchivesTest {

    private static final String LINK = "-> ";

    @TempDir
    private Path temporary;
    private final byte[] low = new TarWriter().file("low", "1").file("both", "low").end();
    private final byte[] high = new TarWriter().file("high", "2").file("both", "high").end();
    /** Names with their content; a content that begins with "-> " is a symbolic link's target. */
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private int count;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String config(byte[]... layers) {
        StringBuilder diffIds = new StringBuilder();
        for (byte[] layer : layers) {
            diffIds.append(diffIds.isEmpty() ? "" : ",").append('"').append(Digest.of(Algorithm.SHA256, layer)).append('"');
        }
        return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/high\"],\"User\":\"\",\"WorkingDir\":\"\",\"Entrypoint\":null},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + diffIds + "]}}";
    }

    /** Docker 1.10 to 24, with the files of older ones beside it; the third layer is the first again. */
    private void docker(String tag) {
        put("aaa/VERSION", "1.0");
        put("aaa/json", "{\"id\":\"aaa\",\"os\":\"linux\",\"container_config\":{\"Hostname\":\"\"}}");
        files.put("aaa/layer.tar", low);
        put("bbb/json", "{\"id\":\"bbb\",\"parent\":\"aaa\",\"os\":\"linux\"}");
        files.put("bbb/layer.tar", high);
        put("ccc/json", "{\"id\":\"ccc\",\"parent\":\"bbb\",\"config\":{\"Cmd\":[\"/high\"]},\"architecture\":\"amd64\",\"os\":\"linux\"}");
        put("ccc/layer.tar", LINK + "../aaa/layer.tar");
        put("0123.json", config(low, high, low));
        put("manifest.json", "[{\"Config\":\"0123.json\",\"RepoTags\":" + tag + ",\"Layers\":[\"aaa/layer.tar\",\"bbb/layer.tar\",\"ccc/layer.tar\"]}]");
        put("repositories", "{\"busybox\":{\"latest\":\"ccc\"}}");
    }

    private void podman() {
        files.put("l1.tar", low);
        files.put("l2.tar", high);
        put("x/layer.tar", LINK + "../l1.tar");
        put("0123.json", config(low, high, low));
        put("manifest.json", "[{\"Config\":\"0123.json\",\"RepoTags\":[\"localhost/busybox:latest\"],\"Layers\":[\"l1.tar\",\"l2.tar\",\"x/layer.tar\"]}]");
    }

    private void put(String name, String content) {
        files.put(name, bytes(content));
    }

    private Path folder() throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("folder" + ++count));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            String text = new String(file.getValue(), StandardCharsets.UTF_8);
            if (text.startsWith(LINK)) {
                Files.createSymbolicLink(path, Path.of(text.substring(LINK.length())));
            } else {
                Files.write(path, file.getValue());
            }
        }
        return folder;
    }

    private Path tar() throws Exception {
        TarWriter tar = new TarWriter();
        files.forEach((name, content) -> {
            String text = new String(content, StandardCharsets.UTF_8);
            if (text.startsWith(LINK)) {
                tar.symbolicLink(name, text.substring(LINK.length()));
            } else {
                tar.file(name, 0644, 0, 0, content);
            }
        });
        return Files.write(temporary.resolve("saved" + ++count + ".tar"), tar.end());
    }

    private Config make(String reference) throws Exception {
        Path dir = temporary.resolve("bundle" + ++count);
        ImageBundle.make(Linux.over(Door.open()), ImageBundle.Reference.parse(reference), dir.toString(), temporary.resolve("store").toString(),
                false, Progress.NONE, text -> { });
        return ConfigJson.read(Files.readAllBytes(dir.resolve("config.json")));
    }

    private static String contents(Config config) throws Exception {
        StringBuilder text = new StringBuilder(config.process().orElseThrow().args().get(0));
        for (String layer : config.annotations().get("io.carafe.rootfs.lower").split(":")) {
            text.append(' ').append(Files.readString(Path.of(layer, "both")));
        }
        return text.toString();
    }

    private void isTaken(String tag) throws Exception {
        assertEquals("/high low high low", contents(make(tar() + tag)), "a tar");
        assertEquals("/high low high low", contents(make(folder() + tag)), "a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":busybox:latest", ":latest", ":busybox", ":docker.io/library/busybox:latest"})
    void docker_save_is_taken(String tag) throws Exception {
        docker("[\"busybox:latest\"]");
        isTaken(tag);
    }

    @Test
    void docker_save_of_an_id_has_no_tag() throws Exception {
        docker("null");
        isTaken("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":busybox:latest", ":latest", ":localhost/busybox"})
    void podman_save_is_taken(String tag) throws Exception {
        podman();
        isTaken(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":busybox:latest", ":latest"})
    void docker_save_before_1_10_is_taken(String tag) throws Exception {
        docker("null");
        files.remove("manifest.json");
        files.remove("0123.json");
        isTaken(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":latest", ":busybox:latest", ":docker.io/library/busybox:latest"})
    void docker_save_since_25_is_taken(String tag) throws Exception {
        Path layout = temporary.resolve("oci");
        ImageLayoutWriter writer = new ImageLayoutWriter(layout, Algorithm.SHA256).layer(low).layer(high).layer(low);
        writer.entry(writer.manifest("{\"Cmd\":[\"/high\"]}", ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/busybox:latest\","
                + "\"org.opencontainers.image.ref.name\":\"latest\"}"));
        try (var all = Files.walk(layout)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                files.put(layout.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        put("manifest.json", "[{\"Config\":\"nothing of it\",\"RepoTags\":[\"busybox:latest\"],\"Layers\":[]}]");
        isTaken(tag);
    }

    @Test
    void a_folder_of_blobs_as_skopeo_writes_it_is_taken() throws Exception {
        String descriptors = "";
        for (byte[] layer : new byte[][] {low, high, low}) {
            descriptors += (descriptors.isEmpty() ? "" : ",") + descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer);
        }
        String config = descriptor("application/vnd.docker.container.image.v1+json", bytes(config(low, high, low)));
        put("version", "Directory Transport Version: 1.1\n");
        put("manifest.json", "{\"schemaVersion\":2,\"config\":" + config + ",\"layers\":[" + descriptors + "]}");
        isTaken("");
    }

    private String descriptor(String mediaType, byte[] content) {
        Digest digest = Digest.of(Algorithm.SHA256, content);
        files.put(digest.hex(), content);
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + content.length + "}";
    }

    @Test
    void layers_of_an_archive_may_be_compressed() throws Exception {
        docker("null");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(low);
        }
        files.put("aaa/layer.tar", packed.toByteArray());
        isTaken("");
        files.remove("manifest.json");
        isTaken("");
    }

    @Test
    void names_of_a_tar_of_a_folder_begin_with_a_dot_and_may_be_hard_links() throws Exception {
        docker("null");
        Path folder = folder();
        Files.delete(folder.resolve("ccc/layer.tar"));
        Files.createLink(folder.resolve("ccc/layer.tar"), folder.resolve("aaa/layer.tar"));
        Path tar = temporary.resolve("of-a-folder.tar");
        assertEquals(0, new ProcessBuilder("tar", "-C", folder.toString(), "-cf", tar.toString(), ".").inheritIO().start().waitFor());
        assertEquals("/high low high low", contents(make(tar.toString())));
        assertEquals("/high low high low", contents(make(folder.toString())));
    }

    /** As build tools lay files out: links to where they are kept. */
    @Test
    void a_layout_may_be_of_links_to_elsewhere() throws Exception {
        Path kept = temporary.resolve("kept");
        new ImageLayoutWriter(kept, Algorithm.SHA256).layer(low).layer(high).layer(low).image("v1", "{\"Cmd\":[\"/high\"]}");
        Path links = temporary.resolve("links");
        try (var all = Files.walk(kept)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Path link = links.resolve(kept.relativize(path));
                Files.createDirectories(link.getParent());
                Files.createSymbolicLink(link, path);
            }
        }
        assertEquals("/high low high low", contents(make(links.toString())));
    }

    @Test
    void several_images_need_a_tag() throws Exception {
        put("1.json", config(low));
        put("2.json", config(high));
        files.put("1.tar", low);
        files.put("2.tar", high);
        put("manifest.json", "[{\"Config\":\"1.json\",\"RepoTags\":[\"a:1\",\"b:1\"],\"Layers\":[\"1.tar\"]},"
                + "{\"Config\":\"2.json\",\"RepoTags\":[\"a:2\"],\"Layers\":[\"2.tar\"]}]");
        String tar = tar().toString();
        assertEquals("/high low", contents(make(tar + ":b:1")));
        assertEquals("/high high", contents(make(tar + ":2")));
        assertTrue(assertThrows(ImageException.class, () -> make(tar)).getMessage().contains("a:1, a:2"));
        assertTrue(assertThrows(ImageException.class, () -> make(tar + ":c")).getMessage().contains("expected an image with the tag c"));
    }

    @ParameterizedTest
    @CsvSource({"../secret.tar", "/secret.tar", "out/secret.tar", "link.tar", "absolute.tar", "nowhere.tar"})
    void a_name_in_a_document_leads_nowhere_but_into_the_archive(String name) throws Exception {
        Files.write(temporary.resolve("secret.tar"), low);
        docker("null");
        files.remove("manifest.json");
        put("out", LINK + "..");
        put("link.tar", LINK + "../secret.tar");
        put("absolute.tar", LINK + temporary.resolve("secret.tar"));
        put("manifest.json", "[{\"Config\":\"0123.json\",\"RepoTags\":null,\"Layers\":[\"" + name + "\",\"" + name + "\",\"" + name + "\"]}]");
        put("0123.json", config(low, low, low));
        String folder = folder().toString();
        String tar = tar().toString();
        assertTrue(assertThrows(ImageException.class, () -> make(folder)).getMessage().contains(name));
        assertTrue(assertThrows(ImageException.class, () -> make(tar)).getMessage().contains(name));
    }

    @Test
    void what_is_no_image_is_refused_in_a_line_that_says_what_is_expected() throws Exception {
        put("else", "x");
        for (Path path : new Path[] {folder(), tar()}) {
            String said = assertThrows(ImageException.class, () -> make(path.toString())).getMessage();
            assertTrue(said.contains("oci-layout") && said.contains("manifest.json"), said);
        }
        assertThrows(KernelException.class, () -> make(temporary.resolve("nowhere").toString()));
        Path packed = temporary.resolve("saved.tar.gz");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            gzip.write(low);
        }
        assertTrue(assertThrows(ImageException.class, () -> make(packed.toString())).getMessage().contains("gunzip"));
    }

    @Test
    void a_layer_below_itself_is_refused() throws Exception {
        docker("null");
        files.remove("manifest.json");
        put("aaa/json", "{\"id\":\"aaa\",\"parent\":\"ccc\"}");
        String tar = tar().toString();
        assertTrue(assertThrows(ImageException.class, () -> make(tar)).getMessage().contains("below itself"));
    }
}
