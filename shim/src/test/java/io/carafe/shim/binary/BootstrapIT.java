package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.protobuf.FieldType;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BootstrapParams of containerd 2.3 on stdin, as frames that it would write. */
class BootstrapIT {

    private record Result(long version, String address, String protocol) {
        static final MessageTable<Result> TABLE = MessageTable.of(row -> new Result(row.next(), row.next(), row.next()),
                MessageTable.field(1, FieldType.INT64, Result::version), MessageTable.field(2, FieldType.TEXT, Result::address),
                MessageTable.field(3, FieldType.TEXT, Result::protocol));
    }

    @TempDir
    Path directory;
    private TestShim shim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    private byte[] parameters(String socketDirectory, int logLevel, Options options) {
        ProtoWriter out = new ProtoWriter();
        out.text(1, "one");
        out.text(2, TestShim.NAMESPACE);
        out.integer(3, logLevel);
        out.text(4, "2.3.4");
        out.text(5, shim.wire.path());
        out.text(6, "/run/containerd/containerd.sock");
        out.text(7, "/usr/bin/containerd");
        for (Any any : List.of(new Any("containerd.io/nri.v1.PluginConfig", new byte[] {1, 2}), new Any(Options.TYPE, Options.TABLE.write(options)))) {
            out.message(8, extension -> extension.message(1, value -> value.append(Any.TABLE.write(any))));
        }
        out.text(9, socketDirectory);
        return out.toBytes();
    }

    private static Options inCgroup(Options options, String cgroup) {
        return new Options(false, false, cgroup, 0, 0, options.binaryName(), options.root(), false, "", "");
    }

    @Test
    void the_shim_listens_where_it_is_told_and_its_socket_is_removed() throws IOException {
        Path sockets = Files.createTempDirectory(Path.of("/run"), "s");
        TaskBundle bundle = shim.bundle("one", "exit 4");
        try {
            // Events go where the parameters say: the variable leads nowhere.
            TestShim.Result started = shim.startAction(bundle, parameters(sockets.toString(), 0, shim.options()), Map.of("TTRPC_ADDRESS", "/nowhere"));
            assertEquals(0, started.code(), started::err);
            Result result = Result.TABLE.read(started.out());
            assertTrue(result.version() >= 2 && result.address().startsWith("unix://" + sockets + "/"), result::toString);
            assertEquals("ttrpc", result.protocol());
            assertEquals(sockets.toString(), Files.readString(bundle.path().resolve("socket-dir")));
            shim.adopt(bundle, result.address());
            shim.create(bundle, false, "", "", "");
            shim.call("Start", TestShim.id("one"));
            assertEquals(4, shim.waitFor("one"));
            shim.awaitEvents(3);
            assertEquals(List.of("create one", "start one", "exit one 4"), shim.events);
            shim.delete("one");
            shim.call("Shutdown", new byte[0]);
            shim.wire.turnUntil(() -> shim.isGone() && isEmpty(sockets));
        } finally {
            Files.delete(sockets);
        }
    }

    @Test
    void the_action_delete_finds_the_socket_of_a_shim_that_was_killed() throws IOException {
        Path sockets = Files.createTempDirectory(Path.of("/run"), "s");
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        try {
            TestShim.Result started = shim.startAction(bundle, parameters(sockets.toString(), 0, shim.options()), Map.of());
            shim.adopt(bundle, Result.TABLE.read(started.out()).address());
            shim.create(bundle, false, "", "", "");
            ProcessHandle.of(shim.shimPid()).orElseThrow().destroyForcibly();
            shim.wire.turnUntil(shim::isGone);
            assertFalse(isEmpty(sockets));
            assertEquals(0, shim.deleteAction(bundle).code());
            assertTrue(isEmpty(sockets));
        } finally {
            Files.deleteIfExists(sockets);
        }
    }

    private static boolean isEmpty(Path directory) {
        return directory.toFile().list().length == 0;
    }

    @Test
    void the_shim_is_in_the_cgroup_that_an_extension_names() throws IOException {
        Path unified = Path.of(Files.isDirectory(Path.of("/sys/fs/cgroup/unified")) ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup");
        assumeTrue(Files.exists(unified.resolve("cgroup.controllers")), "this host has no cgroup2");
        Path cgroup = Files.createDirectory(unified.resolve("carafe-bootstrap-" + ProcessHandle.current().pid()));
        try {
            TaskBundle bundle = shim.bundle("one", "true");
            TestShim.Result started = shim.startAction(bundle, parameters("", 0, inCgroup(shim.options(), "/" + cgroup.getFileName())), Map.of());
            assertEquals(0, started.code(), started::err);
            shim.adopt(bundle, Result.TABLE.read(started.out()).address());
            assertEquals(List.of(Integer.toString(shim.shimPid())), Files.readAllLines(cgroup.resolve("cgroup.procs")));
            shim.call("Shutdown", new byte[0]);
            shim.wire.turnUntil(() -> {
                try {
                    return shim.isGone() && Files.readAllLines(cgroup.resolve("cgroup.events")).contains("populated 0");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        } finally {
            Files.delete(cgroup);
        }
    }

    @ParameterizedTest
    @CsvSource({"relative,socket_dir: ", "/a/../b,socket_dir: ", "/run/a/directory/that/is/longer/than/a/socket/may/have,socket_dir: expected at most 42 bytes"})
    void a_directory_that_no_socket_can_be_in_is_refused(String socketDirectory, String complaint) throws IOException {
        TestShim.Result result = shim.startAction(shim.bundle("one", "true"), parameters(socketDirectory, 0, shim.options()), Map.of());
        assertEquals(1, result.code());
        assertTrue(result.err().contains(complaint), result.err());
    }

    @ParameterizedTest
    @CsvSource({"-8,-debug", "-4,-debug", "8,-log-level 8"})
    void the_level_of_the_log_reaches_the_shim(int level, String words) throws IOException {
        TaskBundle bundle = shim.bundle("one", "true");
        shim.adopt(bundle, Result.TABLE.read(shim.startAction(bundle, parameters("", level, shim.options()), Map.of()).out()).address());
        String line = Files.readString(Path.of("/proc/" + shim.shimPid() + "/cmdline")).replace('\0', ' ');
        assertTrue(line.contains(words), line);
    }

    /** schedule_core of containerd. What the kernel says to it is told where it refuses. */
    @Test
    void a_shim_has_the_cores_to_itself_or_says_why_not() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3 to ask the kernel by");
        boolean possible = new ProcessBuilder("python3", "-c", "import ctypes, sys; sys.exit(ctypes.CDLL(None).prctl(62, 1, 0, 0, 0) != 0)")
                .start().waitFor() == 0;
        TaskBundle bundle = shim.bundle("one", "true");
        TestShim.Result result = shim.startAction(bundle, Any.TABLE.write(new Any(Options.TYPE, Options.TABLE.write(shim.options()))),
                Map.of("SCHED_CORE", "1"));
        assertEquals(possible ? 0 : 1, result.code(), result::err);
        if (possible) {
            shim.adopt(bundle, result.text());
        } else {
            assertTrue(result.err().contains("SCHED_CORE: prctl"), result.err());
        }
    }
}
