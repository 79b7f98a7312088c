package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.shim.message.Requests;
import io.carafe.shim.stdio.StdioUris;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the bytes of a process come from and go to. */
class StdioIT {

    private static final String READ_ALL = "{ cat <&3; cat <&4; }";

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

    private void run(TaskBundle bundle, boolean terminal, String stdin, String stdout, String stderr) {
        shim.start(bundle);
        shim.create(bundle, terminal, stdin, stdout, stderr);
        shim.call("Start", TestShim.id(bundle.id()));
    }

    private void closeStdin(String id) {
        shim.call("CloseIO", Requests.CloseIO.TABLE.write(new Requests.CloseIO(id, "", true)));
    }

    @Test
    void what_is_written_comes_out_and_ends() throws IOException {
        String stdout = shim.fifo("out");
        String stderr = shim.fifo("err");
        try (Fd out = shim.reader(stdout); Fd err = shim.reader(stderr)) {
            run(shim.bundle("one", "echo hello; echo oops >&2"), false, "", stdout, stderr);
            assertEquals("hello\n", shim.readToEnd(out));
            assertEquals("oops\n", shim.readToEnd(err));
        }
    }

    @Test
    void what_nobody_has_read_at_the_end_is_still_there() throws IOException {
        String stdout = shim.fifo("out");
        run(shim.bundle("one", "echo hello"), false, "", stdout, "");
        assertEquals(0, shim.waitFor("one"));
        try (Fd out = shim.reader(stdout)) {
            assertEquals("hello\n", shim.readToEnd(out));
        }
    }

    @Test
    void a_reader_may_come_and_go() throws IOException {
        String stdout = shim.fifo("out");
        Fd first = shim.reader(stdout);
        run(shim.bundle("one", "echo one; read x </dev/null; until [ -e /tmp/go ]; do usleep 10000; done; echo two"), false, "", stdout, "");
        assertEquals("one\n", shim.readUntil(first, "\n"));
        first.close();
        Files.createFile(directory.resolve("one/rootfs/tmp/go"));
        assertEquals(0, shim.waitFor("one"), "without a reader a writer would have got SIGPIPE");
        try (Fd second = shim.reader(stdout)) {
            assertEquals("two\n", shim.readToEnd(second));
        }
    }

    /** ctr, containerd or dockerd may be killed and come again, or somebody else in their place. */
    @Test
    void stdin_outlives_who_holds_it_and_ends_by_CloseIO() throws IOException {
        String stdin = shim.fifo("in");
        String stdout = shim.fifo("out");
        try (Fd out = shim.reader(stdout)) {
            run(shim.bundle("one", "exec cat"), false, stdin, stdout, "");
            for (String text : List.of("first\n", "second\n")) {
                try (Fd in = shim.writer(stdin)) {
                    shim.wire.linux.files.write(in, text.getBytes(StandardCharsets.UTF_8));
                }
                assertEquals(text, shim.readUntil(out, "\n"));
            }
            assertEquals(2, shim.state("one").status());
            closeStdin("one");
            assertEquals(0, shim.waitFor("one"));
        }
    }

    @Test
    void stdin_of_a_further_process_outlives_who_holds_it() throws IOException {
        String stdin = shim.fifo("in");
        String stdout = shim.fifo("out");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        try (Fd out = shim.reader(stdout)) {
            shim.exec("one", "e", false, false, new StdioUris(stdin, stdout, "", false), "cat");
            shim.call("Start", TestShim.id("one", "e"));
            for (String text : List.of("first\n", "second\n")) {
                try (Fd in = shim.writer(stdin)) {
                    shim.wire.linux.files.write(in, text.getBytes(StandardCharsets.UTF_8));
                }
                assertEquals(text, shim.readUntil(out, "\n"));
            }
            shim.call("CloseIO", Requests.CloseIO.TABLE.write(new Requests.CloseIO("one", "e", true)));
            assertEquals(0, shim.waitFor("one", "e"));
        }
    }

    @Test
    void stdin_ends_by_CloseIO() throws IOException {
        String stdin = shim.fifo("in");
        run(shim.bundle("one", "exec cat"), false, stdin, "", "");
        closeStdin("one");
        assertEquals(0, shim.waitFor("one"));
    }

    @Test
    void a_client_that_has_written_and_gone_before_the_process_starts_is_heard() throws IOException {
        String stdin = shim.fifo("in");
        String stdout = shim.fifo("out");
        try (Fd out = shim.reader(stdout)) {
            TaskBundle bundle = shim.bundle("one", "exec cat");
            shim.start(bundle);
            shim.create(bundle, false, stdin, stdout, "");
            try (Fd in = shim.writer(stdin)) {
                shim.wire.linux.files.write(in, "hello\n".getBytes(StandardCharsets.UTF_8));
            }
            shim.call("Start", TestShim.id("one"));
            assertEquals("hello\n", shim.readToEnd(out));
        }
    }

    @Test
    void a_manager_that_never_reads_harms_only_the_one_who_writes() throws IOException {
        String stdout = shim.fifo("out");
        Map<String, String> pod = Map.of("io.kubernetes.cri.sandbox-id", "pod");
        run(shim.bundle("loud", pod, process -> process.withTerminal(false).withArgs(List.of("seq", "1000000"))), false, "", stdout, "");
        TaskBundle other = shim.bundle("other", pod, process -> process.withTerminal(false).withArgs(List.of("true")));
        run(other, false, "", "", "");
        assertEquals(0, shim.waitFor("other"));
        assertEquals(2, shim.state("loud").status());
    }

    @Test
    void a_file_takes_both_streams_at_its_end() throws IOException {
        Path log = directory.resolve("new/log");
        Files.createDirectories(log.getParent());
        Files.writeString(log, "before\n");
        run(shim.bundle("one", "echo hello; echo oops >&2"), false, "", "file://" + log, "file://" + log);
        assertEquals(0, shim.waitFor("one"));
        assertEquals("before\nhello\noops\n", Files.readString(log));
    }

    @Test
    void a_logger_gets_both_streams_and_knows_whose_they_are() throws IOException {
        Path log = directory.resolve("log");
        Path logger = directory.resolve("logger");
        Files.writeString(logger, "#!/bin/sh\nexec 5>&-\n{ echo $CONTAINER_NAMESPACE $CONTAINER_ID $1 $2; cat <&3; cat <&4; } >" + log + ".new\n"
                + "mv " + log + ".new " + log + "\n");
        Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwx------"));
        run(shim.bundle("one", "echo hello; echo oops >&2"), false, "", "binary://" + logger + "?key=a%20value", "binary://" + logger);
        assertEquals(0, shim.waitFor("one"));
        shim.wire.turnUntil(() -> Files.exists(log));
        assertEquals("carafe-test one key a value\nhello\noops\n", Files.readString(log));
    }

    /** A logger that writes all to a file, which has its name when all is there. */
    private Path slowLogger(Path log) throws IOException {
        Path logger = directory.resolve("logger");
        Files.writeString(logger, "#!/bin/sh\nexec 5>&-\nsleep 0.5\n{ cat <&3; cat <&4; } >" + log + ".new\nmv " + log + ".new " + log + "\n");
        Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwx------"));
        return logger;
    }

    /** It takes its time, and a pipe has room for a little less than what the process says and ends. */
    @Test
    void a_terminal_s_output_goes_to_a_logger_to_the_last_byte() throws IOException {
        Path log = directory.resolve("log");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true).withArgs(List.of("seq", "12000")));
        run(bundle, true, "", "binary://" + slowLogger(log), "");
        assertEquals(0, shim.waitFor("one"));
        shim.delete("one"); // at once, as a manager does that has no end of a stream to wait for
        shim.wire.turnUntil(() -> Files.exists(log));
        String text = Files.readString(log);
        assertTrue(text.endsWith("11999\r\n12000\r\n"), () -> "the end: " + text.substring(Math.max(0, text.length() - 40)));
        assertEquals(12_000, text.lines().count());
    }

    @Test
    void a_logger_that_goes_takes_no_terminal_along() throws IOException {
        Path logger = directory.resolve("logger");
        Files.writeString(logger, "#!/bin/sh\nexit\n");
        Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwx------"));
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true).withArgs(List.of("seq", "100000")));
        run(bundle, true, "", "binary://" + logger, "");
        assertEquals(0, shim.waitFor("one"));
    }

    @Test
    void a_terminal_s_output_goes_to_a_file() throws IOException {
        Path log = directory.resolve("log");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true).withArgs(List.of("seq", "1000")));
        run(bundle, true, "", "file://" + log, "");
        assertEquals(0, shim.waitFor("one"));
        shim.delete("one");
        assertEquals(1000, Files.readAllLines(log).size());
    }

    @Test
    void a_terminal_is_copied_both_ways_and_has_a_size() throws IOException {
        String stdin = shim.fifo("in");
        String stdout = shim.fifo("out");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true)
                .withArgs(List.of("sh", "-c", "read line; echo got $line; stty size")));
        try (Fd out = shim.reader(stdout)) {
            shim.start(bundle);
            shim.create(bundle, true, stdin, stdout, "");
            shim.call("ResizePty", Requests.ResizePty.TABLE.write(new Requests.ResizePty("one", "", 123, 45)));
            shim.call("Start", TestShim.id("one"));
            try (Fd in = shim.writer(stdin)) {
                shim.wire.linux.files.write(in, "something\n".getBytes(StandardCharsets.UTF_8));
                assertEquals("something\r\ngot something\r\n45 123\r\n", shim.readToEnd(out));
            }
            assertEquals(0, shim.waitFor("one"));
        }
    }

    @Test
    void a_program_that_closes_its_terminal_may_open_it_again() throws IOException {
        String stdout = shim.fifo("out");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true)
                .withArgs(List.of("sh", "-c", "exec < /dev/null > /dev/null 2>&1; sleep 1; echo again > /dev/tty; exit 3")));
        try (Fd out = shim.reader(stdout)) {
            run(bundle, true, "", stdout, "");
            assertEquals("again\r\n", shim.readToEnd(out));
        }
    }

    @Test
    void all_that_a_terminal_is_given_comes_out() throws IOException {
        String stdout = shim.fifo("out");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(true).withArgs(List.of("seq", "100000")));
        try (Fd out = shim.reader(stdout)) {
            run(bundle, true, "", stdout, "");
            String text = shim.readToEnd(out);
            assertTrue(text.endsWith("99999\r\n100000\r\n"), () -> "the end: " + text.substring(Math.max(0, text.length() - 40)));
            assertEquals(100_000, text.lines().count());
        }
    }

    @Test
    void a_further_process_may_have_a_terminal() throws IOException {
        String stdout = shim.fifo("out");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        try (Fd out = shim.reader(stdout)) {
            shim.exec("one", "e", true, stdout, "sh", "-c", "test -t 1 && echo terminal");
            shim.call("Start", TestShim.id("one", "e"));
            assertEquals("terminal\r\n", shim.readToEnd(out));
            assertEquals(0, shim.waitFor("one", "e"));
        }
    }

    /** A client may say it in the request alone, as containerd's own shim has it. */
    @ParameterizedTest
    @CsvSource({"true,false,terminal", "false,true,none"})
    void whether_a_further_process_has_a_terminal_its_request_decides(boolean requested, boolean said, String expected) throws IOException {
        String stdout = shim.fifo("out");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        try (Fd out = shim.reader(stdout)) {
            shim.exec("one", "e", requested, said, new StdioUris("", stdout, "", requested), "sh", "-c", "test -t 1 && echo terminal || echo none");
            shim.call("Start", TestShim.id("one", "e"));
            assertEquals(expected, shim.readToEnd(out).strip());
            assertEquals(0, shim.waitFor("one", "e"));
        }
    }

    /** It is in the answer; what reads the streams takes them for the container's words. */
    @Test
    void what_the_runtime_says_of_a_create_that_fails_is_on_no_stream() throws IOException {
        String stdout = shim.fifo("out");
        String stderr = shim.fifo("err");
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(false).withArgs(List.of("nonesuch")));
        shim.start(bundle);
        try (Fd out = shim.reader(stdout); Fd err = shim.reader(stderr)) {
            assertTrue(shim.fails("Create", shim.createRequest(bundle, false, "", stdout, stderr)).message().contains("nonesuch"));
            assertEquals("", shim.readToEnd(out));
            assertEquals("", shim.readToEnd(err));
        }
    }

    @Test
    void what_the_runtime_says_of_an_exec_that_fails_is_in_no_file() throws IOException {
        Path log = directory.resolve("log");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "file://" + log, "nonesuch");
        assertTrue(shim.fails("Start", TestShim.id("one", "e")).message().contains("nonesuch"));
        assertEquals("", Files.readString(log));
        shim.delete("one", "e");
    }

    /** A manager reads until the end of the stream; what stays in the background holds it no longer than until the delete. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_a_further_process_leaves_in_the_background_holds_no_stream_after_its_delete(boolean terminal) throws IOException {
        String stdout = shim.fifo("out");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        try (Fd out = shim.reader(stdout)) {
            shim.exec("one", "e", terminal, stdout, "sh", "-c", "trap '' HUP; sleep 1000 & (usleep 300000; echo late) & echo early");
            shim.call("Start", TestShim.id("one", "e"));
            assertEquals(0, shim.waitFor("one", "e"));
            assertEquals("early\n", shim.readUntil(out, "\n").replace("\r", ""));
            shim.ask("Delete", TestShim.id("one", "e"), deleted -> { });
            assertEquals("late\n", shim.readToEnd(out).replace("\r", ""));
        }
    }

    @Test
    void what_a_further_process_writes_comes_out_to_the_last_byte() throws IOException {
        String stdout = shim.fifo("out");
        String stderr = shim.fifo("err");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        try (Fd out = shim.reader(stdout); Fd err = shim.reader(stderr)) {
            shim.exec("one", "e", false, false, new StdioUris("", stdout, stderr, false), "sh", "-c", "seq 200000; echo oops >&2");
            shim.call("Start", TestShim.id("one", "e"));
            String text = shim.readToEnd(out);
            assertEquals(200_000, text.lines().count());
            assertTrue(text.endsWith("199999\n200000\n"));
            assertEquals("oops\n", shim.readToEnd(err));
            assertEquals(0, shim.waitFor("one", "e"));
        }
    }

    /** A manager that comes late, as kubelet may: what is written before has its place in a pipe and a FIFO. */
    @Test
    void what_nobody_has_read_of_a_further_process_is_still_there_at_its_end() throws IOException {
        String stdout = shim.fifo("out");
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, stdout, "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo $i; usleep 5000; done");
        shim.call("Start", TestShim.id("one", "e"));
        assertEquals(0, shim.waitFor("one", "e"));
        try (Fd out = shim.reader(stdout)) {
            assertEquals(20, shim.readToEnd(out).lines().count());
        }
    }

    // Loggers: when they count as started, and how they are ended.

    private Path logger(String script, String permissions) throws IOException {
        Path logger = Files.writeString(directory.resolve("logger"), "#!/bin/sh\necho $$ >" + directory.resolve("pid") + "\n" + script + "\n");
        return Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString(permissions));
    }

    private boolean isAlive() throws IOException {
        return Files.exists(Path.of("/proc", Files.readString(directory.resolve("pid")).strip()));
    }

    @ParameterizedTest
    @CsvSource({"binary,rw-------,false", "binary,rw-------,true", "binary-v2,rw-------,false", "binary,,false", "binary,,true", "binary-v2,,false"})
    void one_that_cannot_be_executed_is_an_error_of_the_create(String scheme, String permissions, boolean terminal) throws IOException {
        Path logger = permissions == null ? directory.resolve("nosuch") : logger("exit", permissions);
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(terminal));
        shim.start(bundle);
        String complaint = shim.fails("Create", shim.createRequest(bundle, terminal, "", scheme + "://" + logger, "")).message();
        assertTrue(complaint.contains("the logger " + logger + " cannot be started: "), complaint);
    }

    @Test
    void one_that_cannot_be_executed_is_an_error_of_the_start_of_an_exec() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "binary:///nosuch/logger", "true");
        String complaint = shim.fails("Start", TestShim.id("one", "e")).message();
        assertTrue(complaint.contains("the logger /nosuch/logger cannot be started: "), complaint);
        shim.delete("one", "e");
    }

    @Test
    void the_second_version_says_that_it_is_ready() throws IOException {
        Path log = directory.resolve("log");
        TaskBundle bundle = shim.bundle("one", "echo hello; echo oops >&2");
        shim.start(bundle);
        shim.create(bundle, false, "", "binary-v2://" + logger("printf r >&5\nexec 5>&-\n" + READ_ALL + " >" + log, "rwx------"), "");
        shim.call("Start", TestShim.id("one"));
        assertEquals(0, shim.waitFor("one"));
        shim.delete("one");
        assertEquals("hello\noops\n", Files.readString(log), "a delete is answered when the logger has ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "exec 5>&-; exec cat <&3"})
    void the_second_version_that_does_not_say_so_fails_the_create_and_is_gone(String script) throws IOException {
        Path logger = logger(script, "rwx------");
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.start(bundle);
        String complaint = shim.fails("Create", shim.createRequest(bundle, false, "", "binary-v2://" + logger, "")).message();
        assertTrue(complaint.contains("the logger " + logger + " ended, or closed descriptor 5, without saying that it is ready"), complaint);
        while (isAlive()) {
            shim.wire.loop.turn(1);
        }
    }

    /** It may have a line to write still. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_does_not_end_gets_SIGTERM_at_the_delete_and_then_SIGKILL(boolean minds) throws IOException {
        Path last = directory.resolve("last");
        String trap = minds ? "trap 'echo terminated >" + last + "; exit' TERM" : "trap '' TERM";
        Path logger = logger(trap + "\nexec 5>&-\nwhile :; do sleep 0.1; done", "rwx------");
        TaskBundle bundle = shim.bundle("one", "echo hello");
        shim.start(bundle);
        shim.create(bundle, false, "", "binary://" + logger, "");
        shim.call("Start", TestShim.id("one"));
        assertEquals(0, shim.waitFor("one"));
        assertTrue(isAlive());
        shim.delete("one");
        assertTrue(!isAlive(), "it is still there after the delete");
        assertEquals(minds, Files.exists(last));
    }
}
