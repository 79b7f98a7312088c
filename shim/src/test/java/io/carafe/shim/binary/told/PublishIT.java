package io.carafe.shim.binary.told;

import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.runtime.protobuf.FieldType;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.binary.TaskBundle;
import io.carafe.shim.binary.TestShim;
import io.carafe.shim.message.Any;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A containerd without a service of events, as 1.2 was: a program is called for each. */
class PublishIT {

    private static final MessageTable<String> ADDRESS = MessageTable.of(row -> row.next(), MessageTable.field(2, FieldType.TEXT, text -> text));
    private static final MessageTable<String> CONTAINER = MessageTable.of(row -> row.next(), MessageTable.field(1, FieldType.TEXT, id -> id));

    @TempDir
    Path directory;
    private Path calls;
    private TestShim shim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        calls = Files.createDirectory(directory.resolve("calls"));
        shim = new TestShim(directory, TestShim.carafe());
        shim.publishingBy(program("").toString(), shim.wire.path());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    /** Writes each call into files of the call's number. @param before what it does first; $n is that number, $5 the topic */
    private Path program(String before) throws IOException {
        Path program = Files.writeString(directory.resolve("publish"), "#!/bin/sh\nset -- \"$@\"\ncd " + calls + "\nn=$(ls | grep -c begun)\n: >$n.begun\n"
                + before + "\nfor word; do echo \"$word\"; done >$n.words\nenv >$n.env\nls /proc/$$/fd >$n.fds\ncat >$n.event\nmv $n.event $n.any\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program;
    }

    /** The topics that have been told, in the order of the calls, each with the container's id. */
    private List<String> told() {
        List<String> told = new ArrayList<>();
        try {
            for (int i = 0; Files.exists(calls.resolve(i + ".begun")); i++) {
                if (Files.exists(calls.resolve(i + ".any"))) {
                    Any event = Any.TABLE.read(Files.readAllBytes(calls.resolve(i + ".any")));
                    told.add(Files.readAllLines(calls.resolve(i + ".words")).get(4) + " " + event.typeUrl() + " " + CONTAINER.read(event.value()));
                }
            }
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void untilTold(int count) {
        shim.wire.turnUntil(() -> told().size() >= count);
    }

    private void life() throws IOException {
        shim.run(shim.bundle("one", "exit 7"));
        assertEquals(7, shim.waitFor("one"));
        shim.delete("one");
    }

    private static final List<String> LIFE = List.of("/tasks/create containerd.events.TaskCreate one", "/tasks/start containerd.events.TaskStart one",
            "/tasks/exit containerd.events.TaskExit one", "/tasks/delete containerd.events.TaskDelete one");

    @Test
    void a_program_gets_each_event_in_its_turn() throws IOException {
        life();
        untilTold(4);
        assertEquals(LIFE, told());
        assertEquals(List.of(), shim.events);
        assertEquals(List.of("--address", shim.wire.path(), "publish", "--topic", "/tasks/create", "--namespace", TestShim.NAMESPACE),
                Files.readAllLines(calls.resolve("0.words")));
        List<String> environment = Files.readAllLines(calls.resolve("0.env"));
        assertTrue(environment.contains("MARK=of containerd"), environment::toString);
        assertTrue(environment.stream().noneMatch(line -> line.startsWith("NOTIFY_SOCKET=") || line.startsWith("CARAFE_STDERR")), environment::toString);
        List<String> descriptors = Files.readAllLines(calls.resolve("0.fds"));
        descriptors.removeIf(number -> Integer.parseInt(number) >= 10); // the shell's own, which has the script open
        assertEquals(List.of("0", "1", "2"), descriptors);
    }

    /** containerd 2.3 says by its parameters what containerd 1.2 says by flags. */
    @Test
    void the_program_may_be_named_by_the_parameters_of_the_start() throws IOException {
        shim.publishingBy("", shim.wire.path());
        ProtoWriter out = new ProtoWriter();
        out.text(1, "one");
        out.text(2, TestShim.NAMESPACE);
        out.text(7, directory.resolve("publish").toString());
        TaskBundle bundle = shim.bundle("one", "exit 7");
        TestShim.Result started = shim.startAction(bundle, out.toBytes(), Map.of("TTRPC_ADDRESS", ""));
        assertEquals(0, started.code(), started::err);
        shim.adopt(bundle, ADDRESS.read(started.out()));
        shim.create(bundle, false, "", "", "");
        shim.call("Start", TestShim.id("one"));
        assertEquals(7, shim.waitFor("one"));
        shim.delete("one");
        untilTold(4);
        assertEquals(LIFE, told());
    }

    /** Nobody waits for it meanwhile, and what it has begun ends with it. */
    @Test
    void one_that_hangs_is_ended_and_the_event_told_once_more() throws IOException {
        program("[ $n -gt 0 ] || { sleep 1000 & echo $! >sleeper; mv sleeper slept; wait; }");
        TaskBundle bundle = shim.bundle("one", "exit 7");
        shim.start(bundle);
        shim.create(bundle, false, "", "", "");
        shim.wire.turnUntil(() -> Files.exists(calls.resolve("slept")));
        shim.call("Start", TestShim.id("one"));
        assertEquals(7, shim.waitFor("one"));
        shim.delete("one");
        assertEquals(List.of(), told());
        untilTold(4);
        assertEquals(LIFE, told());
        assertFalse(Files.exists(Path.of("/proc", Files.readString(calls.resolve("slept")).strip())));
    }

    @Test
    void one_that_refuses_an_event_keeps_no_later_one_back() throws IOException {
        program("[ $5 != /tasks/start ] || { echo 'no start for me' >&2; exit 3; }");
        TaskBundle bundle = shim.bundle("one", "exit 7");
        String log = shim.fifo("one/log");
        try (Fd reader = shim.reader(log)) {
            shim.run(bundle);
            assertEquals(7, shim.waitFor("one"));
            shim.delete("one");
            untilTold(3);
            assertEquals(List.of(LIFE.get(0), LIFE.get(2), LIFE.get(3)), told());
            assertEquals(8, Files.list(calls).filter(file -> file.toString().endsWith(".begun")).count());
            String said = shim.readUntil(reader, "for the 5th time");
            assertTrue(said.contains("no start for me") && said.contains("the event /tasks/start is given up: " + directory.resolve("publish")
                    + " publish ended with status 3"), said);
        }
    }

    @Test
    void none_is_called_before_containerd_is_there() throws IOException {
        Path clients = directory.resolve("clients");
        shim.publishingBy(directory.resolve("publish").toString(), "unix://" + clients);
        life();
        assertEquals(List.of(), told());
        assertFalse(Files.exists(calls.resolve("0.begun")));
        try (Fd listener = shim.wire.linux.sockets.listen(clients.toString(), SOCK_STREAM | SOCK_NONBLOCK, 1000)) {
            untilTold(4);
            assertEquals(LIFE, told());
        }
    }

    /** The shim waits a while for the last events, and not for ever. */
    @Test
    void one_that_hangs_keeps_no_shim() throws IOException {
        program("echo $$ >hangs; exec sleep 1000");
        life();
        shim.call("Shutdown", new byte[0]);
        shim.wire.turnUntil(shim::isGone);
        Path process = Path.of("/proc", Files.readString(calls.resolve("hangs")).strip(), "cmdline");
        shim.wire.turnUntil(() -> {
            try {
                return !Files.readString(process).contains("1000");
            } catch (IOException gone) {
                return true;
            }
        });
    }

    @Test
    void one_that_is_not_there_is_told() throws IOException {
        shim.publishingBy("nonesuch-publisher", shim.wire.path());
        TaskBundle bundle = shim.bundle("one", "exit 7");
        String log = shim.fifo("one/log");
        try (Fd reader = shim.reader(log)) {
            shim.run(bundle);
            assertEquals(7, shim.waitFor("one"));
            shim.readUntil(reader, "nonesuch-publisher publish ended with status 127");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"./publish", "bin/publish", "../publish"})
    void a_relative_path_is_refused(String program) throws IOException {
        shim.publishingBy(program, shim.wire.path());
        TestShim.Result result = shim.startAction(shim.bundle("one", "true"));
        assertEquals(1, result.code());
        assertTrue(result.err().contains("-publish-binary: expected a name or an absolute path, found \"" + program + '"'), result.err());
    }
}
