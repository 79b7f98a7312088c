package io.carafe.runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.FaultSample;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a call fails; what an ordinary user gets; what overlayfs makes of the layers. */
@Tag("faults")
class ImageFaultsTest {

    private static final int NOBODY = 65534;

    private final List<String> warned = new CopyOnWriteArrayList<>();

    @TempDir
    private Path temporary;

    /** The n-th call fails and is not made; descriptors are counted. */
    private static final class FailingOnce extends WrappedKernel {

        private final int number;
        private int count;
        private String failed = "";
        private final Set<Long> open = new HashSet<>();

        FailingOnce(int number) {
            super(Door.open());
            this.number = number;
        }

        @Override
        public long call(int nr, long a, long b, long c, long d, long e, long f) {
            if (nr == Sys.GETEUID.nr || nr == Sys.GETEGID.nr) { // cannot fail
                return kernel.call(nr, a, b, c, d, e, f);
            }
            if (nr != Sys.CLOSE.nr && ++count == number) {
                failed = Sys.name(nr);
                return -Errno.EIO.number;
            }
            long result = kernel.call(nr, a, b, c, d, e, f);
            if (result >= 0 && (nr == Sys.OPENAT.nr || nr == Sys.OPENAT2.nr || nr == Sys.FCNTL.nr)) {
                open.add(result);
            } else if (nr == Sys.CLOSE.nr) {
                open.remove(a);
            }
            return result;
        }
    }

    private static List<String> names(Path dir) throws Exception {
        if (!Files.exists(dir)) {
            return List.of();
        }
        try (var names = Files.list(dir)) {
            return names.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whichever_call_fails_nothing_half_made_is_left() throws Exception {
        Path layout = temporary.resolve("layout");
        byte[] tar = new TarWriter().directory("etc", 0755).file("etc/passwd", "web:x:5:6::/:/\n").hardLink("h", "etc/passwd")
                .symbolicLink("s", "h").file(".wh.gone", "").directory("d", 0500).file("d/.wh..wh..opq", "").end();
        byte[] high = new TarWriter().file("d/e/x", "").symbolicLink("l", "d").file("l/y", "").end();
        new ImageLayoutWriter(layout, Algorithm.SHA256).layer(tar).layer(high).image("v1", "{\"User\":\"web\"}");
        int failures = 0;
        boolean done = false;
        for (int n = 1; !done; n++) {
            Path root = temporary.resolve("root" + n);
            Path bundle = temporary.resolve("bundle" + n);
            FailingOnce kernel = new FailingOnce(n);
            String what = "call " + n + " ";
            try {
                ImageBundle.make(Linux.over(kernel), ImageBundle.Reference.parse(layout.toString()), bundle.toString(), root.toString(),
                        false, Progress.NONE, text -> { });
                done = kernel.failed.isEmpty();
                assertEquals(List.of("config.json", "rootfs"), names(bundle), what + kernel.failed);
                assertTrue(done, what + kernel.failed + " failed and nobody said so");
            } catch (KernelException e) {
                assertTrue(e.is(Errno.EIO), what + e);
                assertEquals(0, e.getSuppressed().length, what + e);
                assertEquals(false, Files.exists(bundle), what + kernel.failed);
                failures++;
            }
            // An empty directory whose lock was not got yet may be another's by now, and stays for the next.
            for (String claimed : names(root.resolve("new"))) {
                assertEquals(List.of(), names(root.resolve("new").resolve(claimed)), what + kernel.failed);
            }
            assertEquals(Set.of(), kernel.open, what + kernel.failed);
        }
        FaultSample.report("an image", failures, 0);
        assertTrue(failures > 50, failures + " calls have failed");
    }

    @Test
    void an_ordinary_user_gets_the_layer_as_his_own_and_empty_files_for_devices() throws Exception {
        Linux linux = Linux.over(Door.open());
        assumeTrue(linux.credentials.geteuid() == 0, "only root can become another");
        Path layout = temporary.resolve("layout");
        byte[] tar = new TarWriter().directory("d", 0555).file("d/f", 0640, 33, 33, "x".getBytes()).file("d/.wh..wh..opq", "")
                .file(".wh.gone", "").end();
        new ImageLayoutWriter(layout, Algorithm.SHA256).layer(tar).image("v1", "{}")
                .layer(new TarWriter().device('3', "null", 1, 3).end()).image("device", "{}");
        Path home = Files.createDirectory(temporary.resolve("home"));
        for (Path dir = temporary; !dir.equals(Path.of("/tmp")) && dir.getNameCount() > 1; dir = dir.getParent()) {
            Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        AtomicReference<Throwable> first = new AtomicReference<>();
        AtomicReference<Throwable> second = new AtomicReference<>();
        Thread user = new Thread(() -> { // system calls change one thread's credentials
            Linux his = Linux.over(Door.open());
            his.credentials.setgid(NOBODY);
            his.credentials.setuid(NOBODY);
            first.set(outcome(his, layout + ":v1", home.resolve("bundle"), home.resolve("root")));
            second.set(outcome(his, layout + ":device", home.resolve("other"), home.resolve("root")));
        });
        user.start();
        user.join();
        assertEquals(null, first.get());
        assertEquals(null, second.get());
        assertEquals(1, warned.size(), warned.toString());
        assertTrue(warned.get(0).contains("entry null: an empty file in the place of a device"), warned.get(0));
        Path device = Path.of(ConfigJson.read(Files.readAllBytes(home.resolve("other/config.json"))).annotations().get(BundleConfigPlan.LOWER))
                .resolve("null");
        assertEquals("rw-r--r-- 0", PosixFilePermissions.toString(Files.getPosixFilePermissions(device)) + " " + Files.size(device));
        Config config = ConfigJson.read(Files.readAllBytes(home.resolve("bundle/config.json")));
        assertEquals(NOBODY, config.linux().orElseThrow().uidMappings().get(0).hostID());
        Path layer = Path.of(config.annotations().get(BundleConfigPlan.LOWER));
        assertEquals(NOBODY, Files.getAttribute(layer.resolve("d/f"), "unix:uid"));
        assertEquals("r-xr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(layer.resolve("d"))));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(layer.resolve("d/f"))));
        assertEquals(0L, rdev(layer.resolve("gone")));
        assertEquals(List.of(), names(home.resolve("root/new")));
    }

    private static long rdev(Path path) throws Exception {
        return ((Number) Files.getAttribute(path, "unix:rdev")).longValue();
    }

    private Throwable outcome(Linux linux, String reference, Path bundle, Path root) {
        try {
            ImageBundle.make(linux, ImageBundle.Reference.parse(reference), bundle.toString(), root.toString(), false, Progress.NONE, warned::add);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    void overlayfs_shows_the_image_that_was_meant() throws Exception {
        Linux linux = Linux.over(Door.open());
        assumeTrue(linux.credentials.geteuid() == 0, "only root may mount here");
        Path layout = temporary.resolve("layout");
        byte[] low = new TarWriter().directory("a", 0755).file("a/gone", "1").file("a/stays", "2").directory("b", 0755).file("b/hidden", "3")
                .file("c", "4").directory("e", 0755).file("e/old", "5").end();
        byte[] high = new TarWriter().directory("a", 0755).file("a/.wh.gone", "").directory("b", 0755).file("b/new", "6")
                .file("b/.wh..wh..opq", "").file(".wh.c", "").file(".wh.e", "").directory("e", 0755).file("e/new", "7").end();
        new ImageLayoutWriter(layout, Algorithm.SHA256).layer(low).layer(high).image("v1", "{}");
        Path bundle = temporary.resolve("bundle");
        ImageBundle.make(linux, ImageBundle.Reference.parse(layout.toString()), bundle.toString(), temporary.resolve("root").toString(),
                false, Progress.NONE, text -> { });
        String lower = ConfigJson.read(Files.readAllBytes(bundle.resolve("config.json"))).annotations().get(BundleConfigPlan.LOWER);
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-ec",
                "mount -t overlay -o \"lowerdir=$1\" overlay \"$2\"; cd \"$2\"; find . -type f | sort; find . -type c", "sh", lower,
                bundle.resolve("rootfs").toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals("./a/stays\n./b/new\n./e/new\n", output);
    }

    @Test
    void a_reference_ends_its_path_at_the_first_colon() {
        assertEquals("[layout, host/name:tag]", parts("layout:host/name:tag"));
        assertEquals("[a/b, ]", parts("a/b"));
        assertEquals("[a/b, ]", parts("a/b:"));
        assertThrows(KernelException.class, () -> ImageBundle.make(Linux.over(Door.open()),
                ImageBundle.Reference.parse(temporary + "/none:x"), temporary + "/b", temporary + "/r", false, Progress.NONE, text -> { }));
    }

    private static String parts(String text) {
        ImageBundle.Reference reference = ImageBundle.Reference.parse(text);
        return List.of(reference.layout(), reference.tag().orElse("")).toString();
    }
}
