package io.carafe.runtime.binary.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layer.ExtendedAttribute;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import io.carafe.spec.codec.ConfigJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code carafe bundle}, and containers of what it made. */
@ExtendWith(HostUnchanged.class)
class BundleIT {

    private static final int ORDINARY_USER = 65534;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Path layout;
    private Path store;
    private int count;

    @BeforeEach
    void places() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
        layout = directory.resolve("layout");
        store = directory.resolve("some/where/layers");
    }

    private Path bundle(Carafe by, String image) {
        Path bundle = directory.resolve("bundle" + ++count);
        assertEquals("", by.call("bundle", "--store", store.toString(), image, bundle.toString()).succeeds().err(),
                "nobody looks at a progress bar in a file");
        return bundle;
    }

    private String run(Carafe by, Path bundle) {
        String id = "carafe-test-image-" + ProcessHandle.current().pid() + "-" + ++count;
        return by.call("run", "--bundle", bundle.toString(), id).succeeds().out();
    }

    private List<Path> layers(Path bundle) throws IOException {
        String lower = ConfigJson.read(Files.readAllBytes(bundle.resolve("config.json"))).annotations().get("io.carafe.rootfs.lower");
        return Stream.of(lower.split(":")).map(Path::of).toList();
    }

    private List<String> names(Path dir) throws IOException {
        if (!Files.exists(dir)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String host(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + said);
        return said;
    }

    private static void need(String... programs) {
        for (String program : programs) {
            assumeTrue(Stream.of("/usr/bin", "/usr/sbin").anyMatch(dir -> Files.isExecutable(Path.of(dir, program))), "no " + program + " here");
        }
    }

    @Test
    void a_container_sees_the_image_and_nothing_that_a_layer_has_deleted() throws Exception {
        byte[] low = Images.busybox().directory("a/", 0755).file("a/gone", "1").file("a/stays", "2").directory("b/", 0755)
                .file("b/hidden", "3").file("own", 04755, 33, 44, "x".getBytes()).hardLink("other", "own")
                .pax(Map.of("path", ("long/" + "n".repeat(200)).getBytes())).file("short", "named")
                .pax(Map.of("SCHILY.xattr.security.capability", new byte[] {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                .file("capable", 0755, 0, 0, "x".getBytes()).end();
        byte[] high = new TarWriter().directory("a/", 0755).file("a/.wh.gone", "").directory("b/", 0750).file("b/new", "6")
                .file("b/.wh..wh..opq", "").end();
        Images.in(layout).layer(Images.GZIP, Images.gzip(low), low).layer(high).image("v1", Images.script(
                "cat /a/* /b/* /own /long/*; ls /a /b; stat -c '%a %u %g %h %n' /own; stat -c '%a %u %g %n' /b; touch /mine && ls /mine"));
        Path bundle = bundle(carafe, layout + ":v1");
        String out = run(carafe, bundle);
        assertEquals("26xnamed/a:\nstays\n\n/b:\nnew\n4755 33 44 2 /own\n750 0 0 /b\n/mine\n", out);
        assertFalse(Files.exists(layers(bundle).get(0).resolve("mine")), "what a container writes is its own");
        assertFalse(run(carafe, bundle).isEmpty(), "and the next one has the image as it was");
        assertEquals(20, ExtendedAttribute.of(layers(bundle).get(1).resolve("capable"), "security.capability").length);
    }

    @Test
    void layers_may_be_compressed_by_zstd() throws Exception {
        need("zstd");
        byte[] tar = Images.busybox().file("text", "hello ".repeat(100_000)).end();
        Path plain = Files.write(directory.resolve("plain"), tar);
        host("zstd", "-q", "-19", plain.toString(), "-o", directory.resolve("packed").toString());
        Images.in(layout).layer(Images.ZSTD, Files.readAllBytes(directory.resolve("packed")), tar).image("v1", Images.script("wc -c < /text"));
        assertEquals("600000", run(carafe, bundle(carafe, layout.toString())).strip());
    }

    @Test
    void bundles_of_one_image_share_its_layers() throws Exception {
        Images.in(layout).layer(Images.busybox().end()).image("v1", Images.script("cat /bin/busybox | wc -c"));
        Path one = bundle(carafe, layout + ":v1");
        Object inode = Files.getAttribute(layers(one).get(0).resolve("bin/busybox"), "unix:ino");
        Path two = bundle(carafe, layout + ":v1");
        assertEquals(layers(one), layers(two));
        assertEquals(inode, Files.getAttribute(layers(two).get(0).resolve("bin/busybox"), "unix:ino"));
        assertEquals(run(carafe, one), run(carafe, two));
        assertEquals(1, names(store.resolve("sha256")).size());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store)));
    }

    @Test
    void a_layout_may_be_a_tar_of_one() throws Exception {
        Images.in(layout).layer(Images.busybox().end()).image("v1", Images.script("echo from a tar"));
        Path archive = directory.resolve("image.tar");
        host("tar", "-C", layout.toString(), "-cf", archive.toString(), "oci-layout", "index.json", "blobs");
        assertEquals("from a tar\n", run(carafe, bundle(carafe, archive + ":v1")));
    }

    /** Docker 1.10 to 24. */
    @Test
    void what_docker_saves_runs() throws Exception {
        byte[] tar = Images.busybox().end();
        String config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":" + Images.script("echo of docker save") + ",\"rootfs\":{\"diff_ids\":[\""
                + Digest.of(Algorithm.SHA256, tar) + "\"]}}";
        Path archive = Files.write(directory.resolve("saved.tar"), new TarWriter().file("0123.json", config).file("aaa/layer.tar", 0644, 0, 0, tar)
                .file("manifest.json", "[{\"Config\":\"0123.json\",\"RepoTags\":[\"busybox:latest\"],\"Layers\":[\"aaa/layer.tar\"]}]").end());
        assertEquals("of docker save\n", run(carafe, bundle(carafe, archive.toString())));
        assertEquals("of docker save\n", run(carafe, bundle(carafe, archive + ":busybox:latest")));
    }

    /** What is streamed leaves nothing, however much it is: 100 MB that cannot be compressed, and two thousand files. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip -1", "zstd -1"})
    void a_large_image_takes_little_memory(String compressor) throws Exception {
        need("python3", compressor.split(" ")[0]);
        Path archive = Files.createDirectories(directory.resolve("archive"));
        host("sh", "-ec", "mkdir $0/tree; cd $0; head -c 100000000 /dev/urandom >tree/big; cd tree; for i in $(seq 20); do mkdir $i; (cd $i; touch $(seq 100)); done;"
                + " tar -cf ../layer .; cd ..; " + compressor + " <layer >archive/layer.tar; rm -r tree", directory.toString());
        String diffId = host("sha256sum", directory.resolve("layer").toString()).substring(0, 64);
        Files.writeString(archive.resolve("config.json"), "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"sha256:" + diffId + "\"]}}");
        Files.writeString(archive.resolve("manifest.json"), "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]");
        String peak = host("python3", "-c", "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
                + " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", carafe.binary().toString(), "bundle", "--store", store.toString(),
                archive.toString(), directory.resolve("large").toString());
        assertTrue(Integer.parseInt(peak.strip()) < 48 * 1024, peak.strip() + " KiB");
    }

    @Test
    void an_image_may_have_three_hundred_layers() throws Exception {
        ImageLayoutWriter writer = Images.in(layout).layer(Images.busybox().end());
        for (int i = 1; i < 300; i++) {
            writer.layer(new TarWriter().file("file" + i, "x").file("common", Integer.toString(i)).end());
        }
        writer.image("v1", Images.script("cat /common; echo; ls / | wc -l"));
        assertEquals("299\n304\n", run(carafe, bundle(carafe, layout.toString())), "299 files, common, bin, dev, proc, sys");
    }

    @Test
    void an_ordinary_user_makes_a_bundle_and_runs_it() throws Exception {
        byte[] high = new TarWriter().directory("b/", 0755).file("b/new", "6").file("b/.wh..wh..opq", "").file(".wh.gone", "").end();
        Images.in(layout).layer(Images.busybox().file("gone", "x").directory("b/", 0755).file("b/old", "5")
                .file("own", 0640, 33, 44, "mine".getBytes()).end()).layer(high)
                .image("v1", Images.script("id -u; cat /own; ls /b; test -e /gone || echo none; touch /made; ls /made"));
        host("chown", "-R", ORDINARY_USER + ":" + ORDINARY_USER, directory.toString());
        Carafe user = carafe.asOrdinaryUser();
        Path bundle = bundle(user, layout.toString());
        assertEquals("0\nminenew\nnone\n/made\n", run(user, bundle));
        assertEquals(ORDINARY_USER, Files.getAttribute(layers(bundle).get(1).resolve("own"), "unix:uid"));
    }

    @Test
    void several_at_once_unpack_a_layer_once() throws Exception {
        big();
        Process[] processes = new Process[4];
        for (int i = 0; i < processes.length; i++) {
            processes[i] = carafe.start("bundle", "--store", store.toString(), layout.toString(), directory.resolve("at-once" + i).toString());
        }
        for (Process process : processes) {
            carafe.finish(process, "bundle").succeeds();
        }
        assertEquals(layers(directory.resolve("at-once0")), layers(directory.resolve("at-once3")));
        assertEquals(List.of(), names(store.resolve("new")));
    }

    @Test
    void one_that_is_killed_half_way_leaves_nothing_that_looks_whole() throws Exception {
        big();
        Path bundle = directory.resolve("killed");
        Process process = carafe.start("bundle", "--store", store.toString(), layout.toString(), bundle.toString());
        while (process.isAlive() && names(store.resolve("new")).isEmpty()) {
            Thread.onSpinWait();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertTrue(carafe.finish(process, "bundle").code() > 128, "killed while it unpacked");
        assertEquals(List.of(), names(store.resolve("sha256")));
        assertFalse(Files.exists(bundle));
        assertEquals(1, names(store.resolve("new")).size());
        assertEquals("40000000", run(carafe, bundle(carafe, layout.toString())).strip());
        assertEquals(List.of(), names(store.resolve("new")));
    }

    private void big() throws Exception {
        byte[] content = new byte[40_000_000];
        new Random(7).nextBytes(content);
        byte[] tar = Images.busybox().file("big", 0644, 0, 0, content).end();
        Images.in(layout).layer(Images.GZIP, Images.gzip(tar), tar).image("v1", Images.script("cat /big | wc -c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "hard link out", "damaged", "not a layout"})
    void a_hostile_image_is_refused_and_changes_nothing(String kind) throws Exception {
        Path victim = Files.writeString(directory.resolve("victim"), "untouched");
        TarWriter tar = new TarWriter();
        switch (kind) {
            case "up" -> tar.file("a/../../../../../victim", "x");
            case "hard link out" -> tar.hardLink("mine", "../../../../victim").file("mine", "x");
            default -> tar.file("a", "x");
        }
        Images.in(layout).layer(tar.end()).image("v1", "{}");
        if (kind.equals("damaged")) {
            for (String blob : names(layout.resolve("blobs/sha256"))) {
                Path path = layout.resolve("blobs/sha256").resolve(blob);
                byte[] content = Files.readAllBytes(path);
                content[content.length / 2] ^= 1;
                Files.write(path, content);
            }
        } else if (kind.equals("not a layout")) {
            Files.delete(layout.resolve("oci-layout"));
        }
        Path bundle = directory.resolve("refused");
        carafe.call("bundle", "--store", store.toString(), layout.toString(), bundle.toString()).fails();
        assertEquals("untouched", Files.readString(victim));
        assertFalse(Files.exists(bundle));
        assertEquals(List.of(), names(store.resolve("sha256")));
    }

    /** In the container's root, wherever they seem to lead. */
    @ParameterizedTest
    @ValueSource(strings = {"absolute", "through a link", "through a link up", "whiteout through a link"})
    void a_hostile_name_stays_inside_the_image(String kind) throws Exception {
        Path victim = Files.writeString(directory.resolve("victim"), "untouched");
        TarWriter tar = Images.busybox();
        switch (kind) {
            case "absolute" -> tar.file(victim.toString(), "x");
            case "through a link" -> tar.symbolicLink("out", directory.toString()).file("out/victim", "x");
            case "through a link up" -> tar.symbolicLink("out", "../".repeat(20) + directory).file("out/victim", "x");
            default -> tar.symbolicLink("out", directory.toString()).file("out/.wh.victim", "").file("out/.wh..wh..opq", "").file("x", "x")
                    .hardLink("out/victim", "x");
        }
        Images.in(layout).layer(tar.end()).image("v1", Images.script("cat " + victim));
        assertEquals("x", run(carafe, bundle(carafe, layout.toString())));
        assertEquals("untouched", Files.readString(victim));
        assertEquals(1, Files.getAttribute(victim, "unix:nlink"));
    }

    @Test
    void a_container_sees_what_archivers_of_the_field_meant() throws Exception {
        byte[] low = Images.busybox().directory("tmp", 01777).directory("home", 0755)
                .entry('5', "home/user", "", 0700, 1000, 1000, new byte[0], 0, 0).end();
        byte[] yes = {'y'};
        byte[] high = new TarWriter().file("tmp/x", "").file("home/user/y", "").file("/nix/store/x", "absolute").file("a/../b", "dotted")
                .hardLink("c", "/b").directory("usr/real/", 0755).symbolicLink("lk", "usr/real").file("lk/x", "below a link")
                .pax(Map.of("SCHILY.xattr.user.overlay.impure", yes, "SCHILY.xattr.trusted.overlay.origin", yes)).file("marked", "m")
                .directory(".wh..wh.plnk/", 0700).file(".wh..wh.plnk/123", "").file("etc/static/passwd", "web:x:33:34::/:/bin/sh\n")
                .symbolicLink("etc/passwd", "static/passwd").end();
        byte[] cut = Arrays.copyOf(high, high.length - 1024);
        Images.in(layout).layer(low).layer(cut).image("v1", Images.script("stat -c '%a %u:%g' /tmp /home/user / | tr '\n' ' ';"
                + "cat /nix/store/x /b /c /lk/x /usr/real/x /marked; readlink /lk; id -u; id -g; ls -a /").replace("{", "{\"User\":\"web\","));
        String out = run(carafe, bundle(carafe, layout + ":v1"));
        assertEquals("1777 0:0 700 1000:1000 755 0:0 absolutedotteddottedbelow a linkbelow a linkmusr/real\n33\n34\n"
                + ".\n..\nb\nbin\nc\ndev\netc\nhome\nlk\nmarked\nnix\nproc\nsys\ntmp\nusr\n", out);
    }

    @Test
    void what_cannot_be_had_here_is_a_warning_and_the_rest_is_there() throws Exception {
        byte[] tar = Images.busybox().pax(Map.of("SCHILY.xattr.com.apple.provenance", new byte[] {'x'})).file("a", "there").end();
        Images.in(layout).layer(tar).image("v1", Images.script("cat /a"));
        Path bundle = directory.resolve("warned");
        String said = carafe.call("bundle", "--store", store.toString(), layout.toString(), bundle.toString()).succeeds().err();
        assertTrue(said.contains("warning: layer sha256:") && said.contains("entry a: without the extended attribute com.apple.provenance"), said);
        assertEquals("there", run(carafe, bundle));
    }

    @Test
    void an_ordinary_user_gets_an_empty_file_for_a_device() throws Exception {
        Images.in(layout).layer(Images.busybox().device('3', "dev/null", 1, 3).device('4', "disk", 8, 0).end())
                .image("v1", Images.script("stat -c '%F %a' /disk; echo x >/dev/null"));
        host("chown", "-R", ORDINARY_USER + ":" + ORDINARY_USER, directory.toString());
        Carafe user = carafe.asOrdinaryUser();
        Path bundle = directory.resolve("devices");
        String said = user.call("bundle", "--store", store.toString(), layout.toString(), bundle.toString()).succeeds().err();
        assertTrue(said.contains("entry dev/null and 1 more: an empty file in the place of a device"), said);
        assertEquals("regular empty file 644\n", run(user, bundle));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--ultra -20", "--long=27"})
    void layers_of_zstd_may_have_windows_of_128_MiB(String options) throws Exception {
        need("zstd");
        byte[] content = new byte[25_000_000];
        new Random(3).nextBytes(content);
        System.arraycopy(content, 0, content, 20_000_000, 5_000_000);
        byte[] tar = Images.busybox().file("big", 0644, 0, 0, content).end();
        Path plain = Files.write(directory.resolve("plain"), tar);
        host("sh", "-c", "cat " + plain + " | zstd -q " + options + " > " + directory.resolve("packed"));
        Images.in(layout).layer(Images.ZSTD, Files.readAllBytes(directory.resolve("packed")), tar).image("v1", Images.script("wc -c < /big"));
        assertEquals("25000000", run(carafe, bundle(carafe, layout.toString())).strip());
    }

    @Test
    void a_store_that_others_may_write_to_is_refused() throws Exception {
        Images.in(layout).layer(new TarWriter().file("a", "x").end()).image("v1", "{}");
        Files.createDirectories(store);
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(carafe.call("bundle", "--store", store.toString(), layout.toString(), directory + "/b").fails().contains("only its owner"));
    }

    /** script(1) gives a terminal to what it runs. */
    @Test
    void a_terminal_shows_how_far_it_is() throws Exception {
        need("script");
        big();
        Path bundle = directory.resolve("shown");
        String shown = host("script", "-qec", carafe.binary() + " bundle --store " + store + " " + layout + " " + bundle, "/dev/null");
        assertTrue(shown.contains("layer 1 of 1 [##"), shown);
        assertTrue(shown.contains("100 %"), shown);
        assertTrue(shown.endsWith("\r\033[K"), "and takes it away in the end");
    }

    @Test
    void an_image_of_umoci_and_a_tar_of_skopeo_run() throws Exception {
        need("umoci", "skopeo");
        Path files = Files.createDirectories(directory.resolve("files/bin"));
        Files.copy(Path.of("/bin/busybox"), files.resolve("busybox"));
        Files.createSymbolicLink(files.resolve("sh"), Path.of("busybox"));
        Files.writeString(files.resolve("marker"), "of umoci");
        String image = layout + ":v1";
        host("umoci", "init", "--layout", layout.toString());
        host("umoci", "new", "--image", image);
        host("umoci", "insert", "--image", image, files.toString(), "/bin");
        host("umoci", "insert", "--image", image, "--whiteout", "/bin/marker");
        host("umoci", "config", "--image", image, "--config.entrypoint", "/bin/sh", "--config.cmd", "-c",
                "--config.cmd", "/bin/busybox ls /bin; echo $NAME", "--config.env", "NAME=carafe");
        assertEquals("busybox\nsh\ncarafe\n", run(carafe, bundle(carafe, image)));
        Path archive = directory.resolve("archive.tar");
        host("skopeo", "copy", "oci:" + image, "oci-archive:" + archive + ":v1");
        assertEquals("busybox\nsh\ncarafe\n", run(carafe, bundle(carafe, archive + ":v1")));
    }
}
