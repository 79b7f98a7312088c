package io.carafe.conmon.binary;

import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients, as podman and cri-o are, and what they ask for meanwhile. */
class AttachIT {

    private static final int LONGEST = 16 * 1024;
    private static final long PATIENCE_SECONDS = 180;
    private static final int FLOOD = 3_000_000;
    private static final String WHEN_TOLD = "until [ -e $D/go ]; do sleep 0.02; done; ";

    @TempDir
    Path directory;
    private final Linux linux = Linux.over(Door.open());
    private Monitored monitored;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        monitored = new Monitored(Monitored.ours(), directory.resolve("m"));
    }

    static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                fail("it has not come true");
            }
            Thread.sleep(20);
        }
    }

    private Fd attach() throws Exception {
        until(() -> monitored.text("sync").contains("data"));
        return linux.sockets.connect(monitored.bundle + "/attach", SOCK_SEQPACKET);
    }

    private void say(Fd client, String text) {
        linux.sockets.send(client, text.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** An empty packet reads as what shutdown(2) makes. */
    private void endInput(Fd client) {
        linux.sockets.send(client, new byte[0], List.of());
    }

    /** All that comes until the end: the number of the stream before each packet. */
    private String rest(Fd client) {
        StringBuilder text = new StringBuilder();
        for (byte[] packet = linux.sockets.receive(client, LONGEST).content(); packet.length > 0; packet = linux.sockets.receive(client, LONGEST).content()) {
            text.append((int) packet[0]).append(':').append(new String(packet, 1, packet.length - 1, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private void control(String line) throws IOException {
        Files.writeString(monitored.bundle.resolve("ctl"), line + "\n", StandardOpenOption.WRITE);
    }

    private static int end(Process process) throws Exception {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the monitor does not end");
        return process.exitValue();
    }

    @Test
    void each_client_gets_all_output_and_what_it_says_is_stdin() throws Exception {
        Process process = monitored.runtime("runs 'cat; echo end >&2; exit 3'").start(monitored.create("-i"));
        try (Fd one = attach(); Fd other = attach()) {
            say(one, "hello\n");
            assertEquals("\2hello\n", new String(linux.sockets.receive(one, LONGEST).content(), StandardCharsets.UTF_8));
            assertEquals("\2hello\n", new String(linux.sockets.receive(other, LONGEST).content(), StandardCharsets.UTF_8));
            endInput(other);
            assertEquals("3:end\n", rest(one));
            assertEquals("3:end\n", rest(other)); // which has ended its own side alone
        }
        assertEquals(3, end(process));
        assertEquals("stdout F hello|stderr F end", monitored.log());
    }

    @Test
    void a_client_that_goes_ends_stdin_unless_that_is_to_stay_open() throws Exception {
        Process process = monitored.runtime("runs 'cat; exit 4'").start(monitored.create("-i", "--leave-stdin-open"));
        try (Fd one = attach()) {
            say(one, "one\n");
            linux.sockets.receive(one, LONGEST);
        }
        try (Fd other = attach()) {
            say(other, "other\n");
            assertEquals("\2other\n", new String(linux.sockets.receive(other, LONGEST).content(), StandardCharsets.UTF_8));
        }
        process.destroy(); // SIGTERM is the process's
        assertEquals(143, end(process));
    }

    /** A pager: what it has not read yet is not lost, and holds up the output alone. */
    @Test
    void a_client_that_does_not_read_holds_up_no_other_word() throws Exception {
        Process process = monitored.runtime("runs '" + WHEN_TOLD + "yes 0123456 | head -c " + FLOOD + "; exit 5'").start(monitored.create());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Fd client = attach()) {
            Path log = monitored.directory.resolve("log");
            Files.createFile(monitored.directory.resolve("go"));
            until(() -> Files.size(log) > 0);
            Files.move(log, monitored.directory.resolve("old"));
            control("2 0 0");
            until(() -> Files.exists(log));
            assertTrue(process.isAlive());
            for (byte[] packet = linux.sockets.receive(client, LONGEST).content(); packet.length > 0;
                    packet = linux.sockets.receive(client, LONGEST).content()) {
                all.write(packet, 1, packet.length - 1);
            }
        }
        assertEquals(5, end(process));
        String text = all.toString(StandardCharsets.US_ASCII);
        assertTrue(text.endsWith("0123456\n") && "0123456\n".repeat(FLOOD / 8).endsWith(text), "length " + text.length());
        assertTrue(content("old").length() + content("log").length() >= FLOOD);
    }

    private String content(String log) throws IOException {
        return monitored.text(log).replaceAll("(?m)^\\S+ stdout [FP] ", "");
    }

    @Test
    void a_client_that_never_reads_and_goes_lets_the_process_end() throws Exception {
        Process process = monitored.runtime("runs '" + WHEN_TOLD + "yes 0123456 | head -c " + FLOOD + "; exit 6'").start(monitored.create());
        try (Fd client = attach()) {
            Files.createFile(monitored.directory.resolve("go"));
            until(() -> monitored.text("log").length() > 100_000 || !process.isAlive());
            assertTrue(process.isAlive());
        }
        assertEquals(6, end(process));
        assertEquals("6", monitored.text("exits/" + Monitored.ID));
        assertTrue(content("log").replace("\n", "").length() >= FLOOD / 8 * 7);
    }

    /** What it would have written before somebody is attached is for nobody. */
    @Test
    void a_further_process_starts_when_somebody_is_attached() throws Exception {
        Path start = monitored.directory.resolve("start");
        Files.delete(start);
        linux.paths.mkfifoat(Fd.CWD, start.toString(), 0600);
        try (Fd word = linux.files.open(start.toString(), O_RDWR)) {
            Process process = monitored.runtime("runs 'echo hello; exit 7'").start(monitored.exec("--exec-attach"));
            linux.files.write(word, new byte[] {'a'});
            until(() -> monitored.text("attached").equals("{\"data\": 0}\n"));
            try (Fd client = linux.sockets.connect(monitored.bundle + "/attach", SOCK_SEQPACKET)) {
                assertFalse(Files.exists(monitored.directory.resolve("words")));
                linux.files.write(word, new byte[] {'b'});
                assertEquals("2:hello\n", rest(client));
            }
            assertEquals(7, end(process));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "1 2", "9 9 9", "1 -5 70000", ""})
    void a_word_that_means_nothing_is_passed_over(String line) throws Exception {
        Process process = monitored.runtime("runs 'read x; exit 8'").start(monitored.create("-i"));
        try (Fd client = attach()) {
            control(line);
            control("2 0 0");
            say(client, "go\n");
        }
        assertEquals(8, end(process));
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "dangling", "fifo", "directory"})
    void a_log_that_is_no_file_is_refused(String kind) throws Exception {
        Path log = monitored.directory.resolve("log");
        Path elsewhere = monitored.directory.resolve("elsewhere");
        switch (kind) {
            case "link" -> Files.createSymbolicLink(log, Files.createFile(elsewhere));
            case "dangling" -> Files.createSymbolicLink(log, elsewhere);
            case "fifo" -> linux.paths.mkfifoat(Fd.CWD, log.toString(), 0600);
            default -> Files.createDirectory(log);
        }
        assertEquals(1, monitored.runtime("runs true").run(monitored.create()));
        assertTrue(monitored.text("err").startsWith("[conmon:e]: Failed to open log file " + log), monitored.text("err"));
        assertFalse(Files.exists(monitored.directory.resolve("words")));
        assertTrue(!Files.exists(elsewhere) || Files.size(elsewhere) == 0);
    }

    /** A container that has the directory of the logs makes links there. */
    @Test
    void a_log_that_is_begun_anew_follows_no_link() throws Exception {
        Path elsewhere = Files.writeString(monitored.directory.resolve("elsewhere"), "kept");
        Files.createSymbolicLink(monitored.directory.resolve("log.tmp"), elsewhere);
        String many = "i=0; while [ $i -lt 40 ]; do echo line-$i; i=$((i+1)); done";
        assertEquals(0, monitored.runtime(many + "; runs true").run(monitored.create("--log-size-max", "500", "--log-rotate", "--log-max-files", "2")));
        assertEquals("kept", Files.readString(elsewhere));
        assertTrue(monitored.log().endsWith("stdout F line-39"), monitored.log());
        assertTrue(Files.exists(monitored.directory.resolve("log.1")) && Files.exists(monitored.directory.resolve("log.2"))
                && !Files.exists(monitored.directory.resolve("log.3")));
    }
}
