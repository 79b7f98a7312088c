package io.carafe.shim.binary.told;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.shim.binary.TaskBundle;
import io.carafe.shim.binary.TestShim;
import io.carafe.shim.stdio.StdioUris;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The log of Kubernetes, written by the shim. */
class CriLogIT {

    private static final Pattern LINE = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z) (stdout|stderr) ([FP]) (.*)", Pattern.DOTALL);

    @TempDir
    Path directory;
    private TestShim shim;
    private Path log;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
        log = directory.resolve("pods/one/0.log");
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    private String uri() {
        return "cri://" + log;
    }

    private void run(TaskBundle bundle, boolean terminal, String uri) {
        shim.start(bundle);
        shim.create(bundle, terminal, "", uri, terminal ? "" : uri);
        shim.call("Start", TestShim.id(bundle.id()));
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a log: stream, tag and content; each line must have a time, and none before the one in front of it. */
    private static List<String> lines(Path file) {
        List<String> lines = new ArrayList<>();
        Instant last = Instant.EPOCH;
        for (String line : text(file).split("(?<=\n)")) {
            Matcher matcher = LINE.matcher(line.replaceFirst("\n$", ""));
            assertTrue(line.isEmpty() || matcher.matches() && line.endsWith("\n"), line);
            if (!line.isEmpty()) {
                Instant time = Instant.parse(matcher.group(1));
                assertTrue(!time.isBefore(last), line);
                last = time;
                lines.add(matcher.group(2) + " " + matcher.group(3) + " " + matcher.group(4));
            }
        }
        return lines;
    }

    private void delete(String id) {
        shim.waitFor(id);
        shim.delete(id);
    }

    @Test
    void both_streams_are_in_it_line_by_line() throws IOException {
        Instant before = Instant.now();
        run(shim.bundle("one", "echo hello; echo; echo oops >&2; printf 'no end'"), false, uri());
        delete("one");
        List<String> lines = lines(log);
        assertEquals(List.of("stdout F hello", "stdout F ", "stdout P no end"), lines.stream().filter(line -> line.startsWith("stdout")).toList());
        assertEquals(List.of("stderr F oops"), lines.stream().filter(line -> line.startsWith("stderr")).toList());
        Instant first = Instant.parse(text(log).substring(0, text(log).indexOf(' ')));
        assertTrue(!first.isBefore(before) && !first.isAfter(Instant.now()), first::toString);
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
    }

    @ParameterizedTest
    @CsvSource({"'',16384", "?max_line_size=10000,10000"})
    void a_long_line_comes_in_pieces(String query, int most) throws IOException {
        run(shim.bundle("one", "printf '%040000d\\n%0" + most + "d\\n' 0 0"), false, uri() + query);
        delete("one");
        String tag = "stdout P " + "0".repeat(most);
        List<String> expected = new ArrayList<>();
        int rest = 40_000;
        for (; rest > most; rest -= most) {
            expected.add(tag);
        }
        expected.addAll(List.of("stdout F " + "0".repeat(rest), "stdout F " + "0".repeat(most)));
        assertEquals(expected, lines(log));
    }

    @Test
    void what_is_there_already_stays() throws IOException {
        Files.createDirectories(log.getParent());
        Files.writeString(log, "2020-01-01T00:00:00.000000000Z stdout F before\n");
        run(shim.bundle("one", "echo after"), false, uri());
        delete("one");
        assertEquals(List.of("stdout F before", "stdout F after"), lines(log));
    }

    /** The kubelet renames, and asks containerd, which does not know of this log; nobody else is asked either. */
    @Test
    void whoever_rotates_it_gets_a_new_one_and_no_line_is_lost() throws IOException {
        run(shim.bundle("one", "i=0; until [ -e /tmp/end ]; do i=$((i+1)); echo line $i; usleep 300; done"), false, uri());
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            shim.wire.turnUntil(() -> Files.exists(log) && text(log).endsWith("\n"));
            files.add(Files.move(log, log.resolveSibling("0.log." + i)));
            if (i == 10) {
                shim.reconnect(); // a containerd that is started anew
            }
        }
        shim.wire.turnUntil(() -> Files.exists(log));
        Files.createFile(directory.resolve("one/rootfs/tmp/end"));
        delete("one");
        files.add(log);
        List<String> all = files.stream().flatMap(file -> lines(file).stream()).toList();
        assertEquals(IntStream.rangeClosed(1, all.size()).mapToObj(i -> "stdout F line " + i).toList(), all);
    }

    @Test
    void a_log_that_is_removed_comes_again() throws IOException {
        run(shim.bundle("one", "echo one; until [ -e /tmp/go ]; do usleep 1000; done; echo two"), false, uri());
        shim.wire.turnUntil(() -> text(log).contains("one"));
        Files.delete(log);
        Files.createFile(directory.resolve("one/rootfs/tmp/go"));
        delete("one");
        assertEquals(List.of("stdout F two"), lines(log));
    }

    @Test
    void a_signal_makes_a_new_one_of_a_container_that_is_silent() throws IOException {
        run(shim.bundle("one", "echo one; exec sleep 1000"), false, uri());
        shim.wire.turnUntil(() -> text(log).contains("one"));
        Path old = Files.move(log, log.resolveSibling("old"));
        new ProcessBuilder("kill", "-HUP", Integer.toString(shim.shimPid())).start();
        shim.wire.turnUntil(() -> Files.exists(log));
        assertEquals("", text(log));
        assertEquals(List.of("stdout F one"), lines(old));
        assertEquals(2, shim.state("one").status());
    }

    /** A container may have the directory of the logs, as some that collect them have. */
    @Test
    void a_link_that_is_put_there_leads_nowhere() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "untouched");
        TaskBundle bundle = shim.bundle("one", "echo one; until [ -e /tmp/go ]; do usleep 1000; done; echo two; echo three; exec sleep 1000");
        try (Fd told = shim.reader(shim.fifo("one/log"))) {
            run(bundle, false, uri());
            shim.wire.turnUntil(() -> text(log).contains("one"));
            Path old = Files.move(log, log.resolveSibling("old"));
            Files.createSymbolicLink(log, victim);
            Files.createFile(directory.resolve("one/rootfs/tmp/go"));
            shim.wire.turnUntil(() -> text(old).contains("three"));
            assertEquals(List.of("stdout F one", "stdout F two", "stdout F three"), lines(old));
            assertEquals("untouched", text(victim));
            String said = shim.readUntil(told, "\n");
            assertTrue(said.contains("the log " + log) && said.contains("ELOOP"), said);
            Files.delete(log);
        }
    }

    @ParameterizedTest
    @CsvSource({"link,ELOOP", "fifo,ENXIO", "directory,EISDIR", "a/../b,'expected an absolute path'", "link/,expected the path of a file",
        "0.log?max_lines=3,max_line_size"})
    void what_is_no_file_is_refused(String name, String complaint) throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "untouched");
        Files.createDirectories(log.getParent().resolve("directory"));
        Files.createSymbolicLink(log.resolveSibling("link"), victim);
        shim.fifo("pods/one/fifo");
        TaskBundle bundle = shim.bundle("one", "echo oops");
        shim.start(bundle);
        String uri = "cri://" + log.getParent() + "/" + name;
        String message = shim.fails("Create", shim.createRequest(bundle, false, "", uri, uri)).message();
        assertTrue(message.contains(complaint), message);
        assertEquals("untouched", text(victim));
        assertFalse(Files.exists(directory.resolve("state").resolve(TestShim.NAMESPACE).resolve("one")));
    }

    @Test
    void a_terminal_s_lines_are_in_it() throws IOException {
        run(shim.bundle("one", java.util.Map.of(), process -> process.withTerminal(true).withArgs(List.of("sh", "-c", "echo hello; seq 20000"))), true, uri());
        delete("one");
        List<String> lines = lines(log);
        assertEquals(20_001, lines.size());
        assertEquals("stdout F hello\r", lines.get(0));
        assertEquals("stdout F 20000\r", lines.get(20_000));
    }

    @Test
    void what_a_further_process_leaves_keeps_no_delete() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, false, new StdioUris("", uri(), uri(), false), "sh", "-c", "echo begun; (sleep 1; echo late; sleep 1000) &");
        shim.call("Start", TestShim.id("one", "e"));
        assertEquals(0, shim.waitFor("one", "e"));
        shim.delete("one", "e");
        assertEquals(List.of("stdout F begun", "stdout F late"), lines(log));
    }

    /** As where the disk is full. */
    @Test
    void what_there_is_no_room_for_holds_up_nobody() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit");
        TaskBundle bundle = shim.bundle("one", "until [ -e /tmp/go ]; do usleep 1000; done; seq 100000; echo >/tmp/written; "
                + "until [ -e /tmp/on ]; do usleep 1000; done; echo last");
        try (Fd told = shim.reader(shim.fifo("one/log"))) {
            run(bundle, false, uri());
            limit("30000:unlimited");
            Files.createFile(directory.resolve("one/rootfs/tmp/go"));
            shim.wire.turnUntil(() -> Files.exists(directory.resolve("one/rootfs/tmp/written")));
            String said = shim.readUntil(told, "\n");
            assertTrue(said.contains("the log " + log) && said.contains("EFBIG"), said);
            limit("unlimited:unlimited");
            Files.createFile(directory.resolve("one/rootfs/tmp/on"));
            delete("one");
        }
        List<String> whole = text(log).lines().filter(line -> LINE.matcher(line).matches()).toList();
        assertTrue(text(log).lines().count() - whole.size() <= 1, "only one line is torn");
        assertTrue(whole.get(whole.size() - 1).endsWith(" stdout F last"), whole.get(whole.size() - 1));
    }

    private void limit(String sizes) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("prlimit", "--fsize=" + sizes, "--pid", Integer.toString(shim.shimPid())).start().waitFor());
    }
}
