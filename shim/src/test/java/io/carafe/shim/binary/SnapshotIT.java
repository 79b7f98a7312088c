package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.shim.message.CreateTask;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mounts of snapshotters, as they come with Create: layers at the places where containerd has them. */
@Tag("guest")
@Tag("short")
class SnapshotIT {

    private static final int MAPPED = 100_000;

    @TempDir
    private Path directory;
    private Path snapshots;
    private TestShim shim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        snapshots = Files.createDirectories(directory.resolve("var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"));
        shim = new TestShim(directory, TestShim.carafe());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    /** The options of an overlay; the bundle's own tree is the lowest layer, and each other has a file of its own in /tmp. */
    private List<String> overlay(TaskBundle bundle, int layers, String... more) throws IOException {
        List<String> lowers = new ArrayList<>();
        for (int i = 1; i < layers; i++) {
            Path layer = Files.createDirectories(snapshots.resolve((1000 + i) + "/fs/tmp"));
            Files.createFile(layer.resolve("layer" + i));
            lowers.add(layer.getParent().toString());
        }
        Path lowest = Files.createDirectories(snapshots.resolve("1000"));
        lowers.add(Files.move(bundle.path().resolve("rootfs"), lowest.resolve("fs")).toString());
        Path top = Files.createDirectories(snapshots.resolve("1999"));
        List<String> options = new ArrayList<>(List.of("workdir=" + Files.createDirectory(top.resolve("work")),
                "upperdir=" + Files.createDirectory(top.resolve("fs")), "lowerdir=" + String.join(":", lowers)));
        options.addAll(List.of(more));
        return options;
    }

    private byte[] request(TaskBundle bundle, String type, String source, List<String> options) {
        CreateTask plain = CreateTask.TABLE.read(shim.createRequest(bundle, false, "", "", ""));
        return CreateTask.TABLE.write(new CreateTask("one", plain.bundle(), List.of(new CreateTask.Mount(type, source, "", options)), false, "", "", "",
                "", plain.options()));
    }

    /** @return the exit status */
    private int run(TaskBundle bundle, List<String> options) throws IOException {
        shim.start(bundle);
        shim.call("Create", request(bundle, "overlay", "overlay", options));
        shim.call("Start", TestShim.id("one"));
        int status = shim.waitFor("one");
        shim.delete("one");
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(directory.toString()), "a mount is left");
        return status;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10, 60, 128})
    void an_image_of_many_layers_runs_on_every_kernel(int layers) throws IOException {
        TaskBundle bundle = shim.bundle("one", "set -- /tmp/layer*; test -e /tmp/layer1 && exit $#; exit 0");
        assertEquals(layers - 1, run(bundle, overlay(bundle, layers)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 60})
    void layers_of_a_container_with_a_user_namespace_have_the_mapped_owner(int layers) throws IOException {
        assumeTrue(kernel() >= 519, "overlayfs takes layers with mapped ids from Linux 5.19 on");
        assumeIdsCanBeMapped();
        List<IdMapping> ids = List.of(new IdMapping(0, MAPPED, 65536));
        TaskBundle bundle = shim.bundle("one", "set -- $(/bin/busybox stat -c %u /bin/busybox /tmp /tmp/new); : >/tmp/new; test \"$1 $2\" = '0 0'")
                .config(config -> config.withLinux(config.linux().map(linux -> {
                    List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
                    namespaces.add(Namespace.of(NamespaceType.USER));
                    return linux.withNamespaces(namespaces).withMappings(ids, ids);
                }).orElseThrow()));
        List<String> options = overlay(bundle, layers, "uidmap=0:" + MAPPED + ":65536", "gidmap=0:" + MAPPED + ":65536");
        Path upper = snapshots.resolve("1999/fs");
        Files.setAttribute(upper, "unix:uid", MAPPED);
        Files.setAttribute(upper, "unix:gid", MAPPED);
        assertEquals(0, run(bundle, options));
        assertEquals(MAPPED, Files.getAttribute(upper.resolve("tmp/new"), "unix:uid"));
        assertEquals(0, Files.getAttribute(snapshots.resolve("1000/fs/bin/busybox"), "unix:uid"));
        assertFalse(Files.exists(bundle.path().resolve("layers")), "what was made for it is gone");
    }

    private void assumeIdsCanBeMapped() throws IOException {
        assumeTrue(kernel() >= 603 || !Files.getFileStore(directory).type().equals("tmpfs"), "the test's directory is on a tmpfs, whose ids are mapped from Linux 6.3 on");
    }

    private static int kernel() {
        int[] version = Arrays.stream(System.getProperty("os.version").split("[^0-9]+", 3)).limit(2).mapToInt(Integer::parseInt).toArray();
        return version[0] * 100 + version[1];
    }

    @Test
    void a_bind_may_have_its_ids_mapped_as_well() throws IOException {
        assumeIdsCanBeMapped();
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        Path tree = Files.move(bundle.path().resolve("rootfs"), directory.resolve("tree"));
        shim.start(bundle);
        shim.call("Create", request(bundle, "bind", tree.toString(), List.of("rbind", "rw", "uidmap=0:" + MAPPED + ":65536", "gidmap=0:7:65536")));
        assertEquals(Map.of("uid", MAPPED, "gid", 7), Files.readAttributes(bundle.path().resolve("rootfs/bin/busybox"), "unix:uid,gid"));
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
    }

    /** As containerd's snapshotter blockfile has it. */
    @ParameterizedTest
    @ValueSource(strings = {"rw", "ro", "direct-io"})
    void a_file_is_mounted_by_a_loop_device_that_lets_it_go_at_the_end(String option) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "no loop devices");
        assumeTrue(Files.exists(Path.of("/usr/sbin/mke2fs")), "needs /usr/sbin/mke2fs");
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        Path tree = Files.move(bundle.path().resolve("rootfs"), directory.resolve("tree"));
        Path image = directory.resolve("image.ext4");
        assertEquals(0, new ProcessBuilder("/usr/sbin/mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), image.toString(), "8M").inheritIO().start().waitFor());
        shim.start(bundle);
        shim.call("Create", request(bundle, "ext4", image.toString(), List.of("loop", option)));
        shim.call("Start", TestShim.id("one"));
        assertEquals(1, loopDevicesOf(image));
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
        shim.wire.turnUntil(() -> loopDevicesOf(image) == 0);
    }

    private static long loopDevicesOf(Path image) {
        long count = 0;
        for (String device : Path.of("/sys/block").toFile().list()) {
            try {
                count += Files.readString(Path.of("/sys/block", device, "loop/backing_file")).strip().equals(image.toString()) ? 1 : 0;
            } catch (IOException absent) {
                continue; // it is no loop device, or has no file
            }
        }
        return count;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "overlay      | uidmap=0:1:1                     | expected both uidmap and gidmap",
        "overlay      | uidmap=0:1 gidmap=0:1:1          | expected INSIDE:OUTSIDE:COUNT, found \"0:1\"",
        "overlay      | uidmap=0:1:1 gidmap=0:1:1        | expected lowerdir",
        "overlay      | X-containerd.mkdir.path=/x       | X-containerd.mkdir.path=/x: not supported",
        "ext4         | loop                             | rootfs[].source of a loop device: expected an absolute path",
        "format/erofs | ro                               | format/erofs: expected a type of the kernel",
        "mkdir/bind   | rbind                            | mkdir/bind: expected a type of the kernel",
        "fuse9.fuse-overlayfs | lowerdir=/               | no file system of the type fuse9.fuse-overlayfs",
        "fuse3.no-such-server | lowerdir=/               | rootfs[].type fuse3.no-such-server: mount.fuse3 ",
        "nosuchfs     | ro                               | no file system of the type nosuchfs",
    })
    void what_is_not_supported_is_refused_by_name(String type, String options, String complaint) throws IOException {
        TaskBundle bundle = shim.bundle("one", "true");
        shim.start(bundle);
        String error = shim.fails("Create", request(bundle, type, "overlay", List.of(options.split(" ")))).message();
        assertTrue(error.contains(complaint), error);
        assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(directory.toString()), "a mount is left");
    }
}
