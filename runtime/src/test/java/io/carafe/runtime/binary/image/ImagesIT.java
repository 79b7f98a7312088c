package io.carafe.runtime.binary.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code carafe images}: what is in the store, and how it goes. */
@ExtendWith(HostUnchanged.class)
class ImagesIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Path store;

    @BeforeEach
    void places() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
        store = directory.resolve("store");
        Images.in(directory.resolve("image")).layer(Images.busybox().end()).image("v1", Images.script("echo $TERM; test -t 0 && echo terminal"));
    }

    private String images(String... words) {
        return carafe.call(Stream.concat(Stream.of("images", "--store", store.toString()), Stream.of(words)).toArray(String[]::new)).succeeds().out();
    }

    private Path bundle(String name, String... flags) {
        Path bundle = directory.resolve(name);
        carafe.call(Stream.concat(Stream.concat(Stream.of("bundle", "--store", store.toString()), Stream.of(flags)),
                Stream.of(directory.resolve("image").toString(), bundle.toString())).toArray(String[]::new)).succeeds();
        return bundle;
    }

    private long layers() throws Exception {
        try (Stream<Path> layers = Files.list(store.resolve("sha256"))) {
            return layers.count();
        }
    }

    private static void remove(Path bundle) throws Exception {
        assertEquals(0, new ProcessBuilder("rm", "-r", bundle.toString()).inheritIO().start().waitFor());
    }

    @Test
    void images_are_listed_removed_and_collected() throws Exception {
        assertEquals("NAME        ID          LAYERS      SIZE        BUNDLES\n", images("list"));
        Path bundle = bundle("box");
        String[] row = images().split("\n")[1].split(" {2,}");
        assertEquals("image 1 1", row[0] + " " + row[2] + " " + row[4]);
        assertEquals(row[1], images("list", "-q").substring(0, 12));
        assertTrue(images("list", "--format=json").startsWith("[{\"id\":\"sha256:" + row[1]), images("--format=json"));
        assertEquals("removed 0 layers\n", images("gc"));
        String said = carafe.call("images", "--store", store.toString(), "remove", "image").fails();
        assertTrue(said.contains("is used by the bundle " + bundle), said);
        remove(bundle);
        assertEquals("removed image (" + row[1] + ")\nremoved 1 layer\n", images("remove", row[1]));
        assertEquals(0, layers());
        remove(bundle("box"));
        assertEquals("removed image (" + row[1] + ")\nremoved 1 layer\n", images("gc"));
        assertEquals(0, layers());
    }

    @Test
    void a_running_container_keeps_its_layers_when_its_bundle_has_gone() throws Exception {
        Images.in(directory.resolve("image")).layer(Images.busybox().end()).image("v1", "{\"Cmd\":[\"/bin/sh\",\"-c\",\"while true; do /bin/true; done\"]}");
        Path bundle = bundle("box");
        String id = "carafe-test-images-" + ProcessHandle.current().pid();
        carafe.call("run", "--detach", "--bundle", bundle.toString(), id).succeeds();
        try {
            remove(bundle);
            assertEquals("removed 0 layers\n", images("gc"));
            assertEquals("bin\n", carafe.call("exec", id, "/bin/ls", "/").succeeds().out().lines().filter("bin"::equals).findFirst().orElse("") + "\n");
        } finally {
            carafe.call("delete", "--force", id).succeeds();
        }
        assertTrue(images("gc").endsWith("removed 1 layer\n"));
    }

    @Test
    void words_that_mean_nothing_are_told() {
        assertTrue(carafe.call("images", "fly").fails().contains("expected list, remove or gc, found \"fly\""));
        assertTrue(carafe.call("images", "gc", "x").fails().contains("expected nothing behind it, found \"x\""));
        assertTrue(carafe.call("images", "remove").fails().contains("found nothing"));
    }

    /** README's example: a shell wants a terminal. */
    @Test
    void a_bundle_has_a_terminal_when_it_is_asked_for() throws Exception {
        Path bundle = bundle("box", "--tty");
        Process process = new ProcessBuilder("script", "-qec", carafe.binary() + " --root " + directory.resolve("root") + " run --bundle " + bundle
                + " carafe-test-tty-" + ProcessHandle.current().pid() + " </dev/tty", "/dev/null").redirectErrorStream(true).start();
        String shown = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), shown);
        assertTrue(shown.contains("xterm") && shown.contains("terminal"), shown);
    }
}
