package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.MountFlags;
import io.carafe.shim.message.Responses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shim and its actions make of files in a bundle that are not what they should be, and of words that name others. */
class HostileBundleIT {

    @TempDir
    Path directory;
    private TestShim shim;
    private TaskBundle bundle;
    private Path victim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
        bundle = shim.bundle("one", "exec sleep 1000");
        victim = Files.writeString(directory.resolve("victim"), "precious");
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
        assertEquals("precious", Files.readString(victim));
    }

    private void endTheShim() {
        shim.call("Shutdown", new byte[0]);
        shim.wire.turnUntil(shim::isGone);
    }

    private void killTheShim() {
        shim.wire.linux.processes.kill(shim.shimPid(), 9);
        shim.wire.turnUntil(shim::isGone);
    }

    private static void assertLines(int count, String err) {
        assertEquals(count, err.lines().count(), err);
        assertTrue(err.lines().allMatch(line -> line.startsWith("io.containerd.carafe.v2: ")), err);
    }

    /** connect(2) to a file that is no socket is refused just as to a socket where nobody listens. */
    @ParameterizedTest
    @ValueSource(strings = {"unix://%s", "unix:///run/containerd/s/../s/%s", "unix://", "%s", "unix:///run/containerd/s/0123"})
    void an_address_that_is_no_shims_is_not_removed(String address) throws IOException {
        shim.start(bundle);
        endTheShim();
        Files.writeString(bundle.path().resolve("address"), address.replace("%s", victim.toString()));
        TestShim.Result result = shim.deleteAction(bundle);
        assertEquals(0, result.code());
        assertLines(1, result.err());
        assertTrue(result.err().contains("address: expected that of a shim"), result.err());
    }

    @ParameterizedTest
    @CsvSource({"options.pb,fifo", "address,fifo", "init.pid,fifo", "options.pb,link", "address,link", "init.pid,link", "options.pb,directory",
        "init.pid,directory", "options.pb,garbage", "init.pid,garbage", "options.pb,endless", "address,endless", "init.pid,endless"})
    void a_file_that_is_none_makes_no_delete_wait_or_stop(String name, String kind) throws IOException {
        int pid = shim.run(bundle);
        killTheShim();
        Path file = bundle.path().resolve(name);
        byte[] before = Files.readAllBytes(file);
        Files.delete(file);
        switch (kind) {
            case "fifo" -> shim.wire.linux.paths.mkfifoat(Fd.CWD, file.toString(), 0600);
            case "link" -> Files.createSymbolicLink(file, victim);
            case "directory" -> Files.createDirectory(file);
            case "garbage" -> Files.writeString(file, "-1");
            default -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
        }
        TestShim.Result result = shim.deleteAction(bundle);
        assertEquals(0, result.code());
        assertLines(1, result.err());
        assertTrue(result.err().contains(name) || kind.equals("garbage"), result.err());
        // All else was done all the same; and what was not is, when the file is right again.
        Files.delete(file);
        Files.write(file, before);
        assertEquals("", shim.deleteAction(bundle).err());
        shim.wire.turnUntil(() -> !Files.exists(Path.of("/proc/" + pid)));
        assertFalse(Files.exists(Path.of(shim.address.substring("unix://".length()))));
    }

    @Test
    void a_root_that_is_a_link_is_not_unmounted() throws IOException {
        shim.start(bundle);
        endTheShim();
        Path host = Files.createDirectory(directory.resolve("host"));
        shim.wire.linux.mounts.mount("hosts", host.toString(), "tmpfs", 0, "");
        try {
            Files.writeString(host.resolve("file"), "host");
            Files.move(bundle.path().resolve("rootfs"), directory.resolve("elsewhere"));
            Files.createSymbolicLink(bundle.path().resolve("rootfs"), host);
            assertEquals("", shim.deleteAction(bundle).err());
            assertEquals("host", Files.readString(host.resolve("file")));
        } finally {
            shim.wire.linux.mounts.umount2(host.toString(), MountFlags.MNT_DETACH);
        }
    }

    /** Not the shim's first act on a bundle: whoever came before may have left something. */
    @ParameterizedTest
    @ValueSource(strings = {"options.pb", "exec-e-process.json", ".address"})
    void what_is_written_goes_through_no_link(String name) throws IOException {
        Files.createSymbolicLink(bundle.path().resolve(name), victim);
        Path other = Files.createLink(directory.resolve("other-name"), victim);
        shim.run(bundle);
        shim.exec("one", "e", false, "", "true");
        shim.call("Start", TestShim.id("one", "e"));
        shim.waitFor("one", "e");
        assertEquals("precious", Files.readString(other));
    }

    @Test
    void a_file_that_has_other_names_stays_as_it_was() throws IOException {
        Files.createLink(bundle.path().resolve("options.pb"), victim);
        shim.run(bundle);
        assertTrue(Files.size(bundle.path().resolve("options.pb")) > 0);
    }

    @Test
    void a_log_that_is_no_fifo_is_not_written_to_and_no_shim_is_left() throws IOException {
        Files.createLink(bundle.path().resolve("log"), victim);
        TestShim.Result result = shim.startAction(bundle);
        assertEquals(1, result.code());
        assertEquals("io.containerd.carafe.v2: log in the bundle: expected a FIFO, found something else\n", result.err());
        assertNoShimIsLeft();
    }

    private void assertNoShimIsLeft() {
        shim.wire.turnUntil(() -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").contains("-address " + shim.wire.path())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifo", "directory"})
    void a_config_that_is_no_file_is_refused_and_not_waited_for(String kind) throws IOException {
        Path config = bundle.path().resolve("config.json");
        Files.delete(config);
        if (kind.equals("fifo")) {
            shim.wire.linux.paths.mkfifoat(Fd.CWD, config.toString(), 0600);
        } else {
            Files.createDirectory(config);
        }
        TestShim.Result result = shim.startAction(bundle);
        assertEquals(1, result.code());
        assertEquals("io.containerd.carafe.v2: config.json: expected a regular file, found something else\n", result.err());
    }

    @ParameterizedTest
    @CsvSource({"-id,../../x", "-id,-x", "-id,''", "-namespace,../x", "-namespace,a/b", "-namespace,''"})
    void a_word_that_names_no_container_is_refused_by_every_action(String flag, String word) {
        for (String action : List.of("start", "delete", "")) {
            TestShim.Result result = shim.run(bundle.path(), Map.of(), "-namespace", flag.equals("-namespace") ? word : "carafe-test", "-address",
                    shim.wire.path(), "-id", flag.equals("-id") ? word : "one", action);
            assertEquals(1, result.code());
            assertLines(1, result.err());
            assertNoShimIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "../one", "/../one", "/a/../../b"})
    void a_bundle_to_delete_is_an_absolute_path(String path) {
        TestShim.Result result = shim.run(bundle.path(), Map.of(), "-namespace", "carafe-test", "-id", "one", "-bundle", path, "delete");
        assertEquals(1, result.code());
        assertTrue(result.err().startsWith("io.containerd.carafe.v2: shim bundle: expected an absolute path without \"..\""), result.err());
    }

    @Test
    void control_characters_of_a_word_are_quoted() {
        TestShim.Result result = shim.run(bundle.path(), Map.of(), "-namespace", "carafe-test", "-id", "a\u001b[31m\nb\u0007", "start");
        assertEquals(1, result.code());
        assertTrue(result.err().contains("found \"a\\u001b[31m\\nb\\u0007\""), result.err());
        assertLines(1, result.err());
    }

    @Test
    void a_shim_of_which_nobody_could_be_told_does_not_stay() {
        TestShim.Result result = shim.runInto(Path.of("/dev/full"), bundle.path(), "-namespace", "carafe-test", "-address", shim.wire.path(), "-id",
                "one", "start");
        assertEquals(1, result.code());
        assertEquals("io.containerd.carafe.v2: write: ENOSPC: no space left on device\n", result.err());
        assertNoShimIsLeft();
    }

    @Test
    void deleting_needs_neither_a_bundle_nor_a_container() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        TestShim.Result result = shim.run(empty, Map.of(), "-namespace", "carafe-test", "-id", "none", "-bundle", directory.resolve("none").toString(),
                "delete");
        assertEquals(0, result.code(), result::err);
        assertEquals("", result.err());
        assertEquals(137, Responses.Deleted.TABLE.read(result.out()).exitStatus());
        try (Stream<Path> files = Files.list(empty)) {
            assertEquals(0, files.count());
        }
    }

    /** Else what the shim opens for itself takes their numbers: its socket, the bundle, the runtime's. */
    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"})
    void what_is_closed_of_the_standard_streams_is_the_null_device(String closed) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec \"$@\" " + closed, "sh", TestShim.binary().toString(), "-namespace",
                TestShim.NAMESPACE, "-address", shim.wire.path(), "-id", "one", "start").directory(bundle.path().toFile())
                .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("TTRPC_ADDRESS", shim.wire.path());
        assertEquals(0, builder.start().waitFor(), () -> closed);
        shim.adopt(bundle, Files.readString(bundle.path().resolve("address")));
        Path fds = Path.of("/proc/" + shim.shimPid() + "/fd");
        for (int stream = 0; stream <= 2; stream++) {
            assertEquals("/dev/null", Files.readSymbolicLink(fds.resolve(Integer.toString(stream))).toString());
        }
        shim.create(bundle, false, "", "", "");
        shim.call("Start", TestShim.id("one"));
        Path inside = Path.of("/proc/" + shim.state("one").pid() + "/fd");
        for (int stream = 0; stream <= 2; stream++) {
            assertEquals("/dev/null", Files.readSymbolicLink(inside.resolve(Integer.toString(stream))).toString());
        }
        TestShim.Result deleted = shim.deleteActionBehind("exec \"$@\" " + closed, bundle);
        assertEquals(0, deleted.code(), deleted::err);
        shim.wire.turnUntil(() -> !Files.exists(inside) && shim.isGone()); // whoever serves is told that it was deleted
    }
}
