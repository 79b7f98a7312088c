package io.carafe.runtime.binary.stdio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Terminals.Modes;
import io.carafe.linux.door.Door;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.process.User;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An attached `run` or `exec` with a terminal: between the one that it was started on and the container's. */
@ExtendWith(HostUnchanged.class)
class TerminalIT {

    private static final int ORDINARY_USER = 65534;
    private static final int TEN_MEGABYTES = 10 << 20;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private HostTerminal terminal;

    @BeforeEach
    void terminal() {
        carafe = Carafe.in(directory.resolve("root"));
        terminal = HostTerminal.open();
    }

    @AfterEach
    void closed() {
        terminal.close();
    }

    static Bundle withTerminal(Bundle bundle) {
        try {
            for (String applet : List.of("stty", "tty", "yes", "tee")) {
                Files.createSymbolicLink(bundle.rootfs().resolve("bin").resolve(applet), Path.of("busybox"));
            }
            return bundle.process(process -> process.withTerminal(true));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Bundle bundle() {
        return withTerminal(Bundle.in(directory));
    }

    private Process run(Bundle bundle) {
        return terminal.start(carafe, "run", "--bundle", bundle.path().toString(), bundle.id());
    }

    /** As root, or as an ordinary user who has a user namespace. */
    private Bundle bundleOf(String who) throws Exception {
        if (who.equals("root")) {
            return bundle();
        }
        carafe = carafe.asOrdinaryUser();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Bundle bundle = withTerminal(Bundle.rootless(directory, ORDINARY_USER, ORDINARY_USER));
        assertEquals(0, new ProcessBuilder("chown", "-R", ORDINARY_USER + ":" + ORDINARY_USER, directory.toString()).start().waitFor());
        return bundle;
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "ordinary user"})
    void the_three_streams_and_the_console_are_the_controlling_terminal(String who) throws Exception {
        Process process = run(bundleOf(who).script("tty; test -t 0 && test -t 1 && test -t 2 && echo all three;"
                + "echo to my terminal > /dev/tty; test $(stat -c %t:%T /dev/console) = $(stat -c %t:%T $(tty)) && echo the console; exit 42"));
        assertEquals("/dev/pts/0\r\nall three\r\nto my terminal\r\nthe console\r\n", terminal.textToTheEnd());
        assertEquals(42, HostTerminal.exitCode(process));
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "ordinary user"})
    void the_size_is_that_of_the_callers_terminal_and_follows_it(String who) throws Exception {
        terminal.resize(33, 111);
        Process process = run(bundleOf(who).script("trap 'stty size; exit 0' WINCH; stty size; echo ready; while :; do usleep 10000; done"));
        assertEquals("33 111\r\n", terminal.readUntil("ready\r\n"));
        terminal.resize(44, 122);
        assertEquals("44 122\r\n", terminal.textToTheEnd());
        assertEquals(0, HostTerminal.exitCode(process));
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "ordinary user"})
    void an_interrupt_key_interrupts_the_program_inside(String who) throws Exception {
        Process process = run(bundleOf(who).script("trap 'echo interrupted; exit 7' INT; echo ready; while :; do usleep 10000; done"));
        terminal.readUntil("ready\r\n");
        terminal.type("\3");
        assertEquals("^Cinterrupted\r\n", terminal.textToTheEnd());
        assertEquals(7, HostTerminal.exitCode(process));
    }

    @Test
    void the_callers_terminal_is_raw_meanwhile_and_then_as_before() {
        Modes before = terminal.modes();
        Process process = run(bundle().script("echo ready; read line"));
        terminal.readUntil("ready\r\n");
        assertFalse(terminal.modes().isCanonical());
        terminal.type("\r");
        assertEquals(0, HostTerminal.exitCode(process));
        assertSame(before, terminal.modes());
    }

    @Test
    void the_callers_terminal_is_as_before_when_the_program_cannot_run() {
        Modes before = terminal.modes();
        Bundle bundle = bundle();
        File notExecutable = bundle.rootfs().resolve("bin/broken").toFile();
        write(notExecutable.toPath(), "neither ELF nor script".getBytes(StandardCharsets.US_ASCII));
        assertTrue(notExecutable.setExecutable(true));
        assertEquals(255, HostTerminal.exitCode(run(bundle.args("/bin/broken"))));
        assertTrue(terminal.textToTheEnd().contains("ENOEXEC"));
        assertSame(before, terminal.modes());
    }

    @Test
    void the_callers_terminal_is_as_before_when_a_signal_ends_the_program() {
        Modes before = terminal.modes();
        Bundle bundle = bundle().script("trap 'exit 9' TERM; echo ready; while :; do usleep 10000; done");
        Process process = run(bundle);
        terminal.readUntil("ready\r\n");
        // setsid(1) and unshare(1) have become carafe by now: this is its pid.
        process.destroy();
        assertEquals(9, HostTerminal.exitCode(process));
        assertSame(before, terminal.modes());
    }

    @Test
    void a_terminal_that_is_closed_ends_the_program() {
        Process process = run(bundle().script("echo ready; cat"));
        terminal.readUntil("ready\r\n");
        terminal.close();
        HostTerminal.exitCode(process);
    }

    private static void assertSame(Modes before, Modes after) {
        assertEquals(List.of(before.input(), before.output(), before.control(), before.local(), before.line()),
                List.of(after.input(), after.output(), after.control(), after.local(), after.line()));
        assertArrayEquals(before.characters(), after.characters());
    }

    @Test
    void ten_megabytes_come_out_unharmed() {
        Bundle bundle = bundle().script("stty raw -echo; cat /data");
        byte[] data = random();
        write(bundle.rootfs().resolve("data"), data);
        Process process = run(bundle);
        assertUnharmed(data, terminal.readToTheEnd());
        assertEquals(0, HostTerminal.exitCode(process));
    }

    @Test
    void ten_megabytes_go_in_unharmed() throws IOException {
        Bundle bundle = bundle().writable().script("stty raw -echo; echo ready; head -c " + TEN_MEGABYTES + " > /data");
        byte[] data = random();
        Process process = run(bundle);
        terminal.readUntil("ready\n");
        terminal.write(data);
        assertEquals(0, HostTerminal.exitCode(process));
        assertArrayEquals(data, Files.readAllBytes(bundle.rootfs().resolve("data")));
    }

    @Test
    void ten_megabytes_go_in_while_they_come_out_again() throws Exception {
        Bundle bundle = bundle().script("stty raw -echo; echo ready; head -c " + TEN_MEGABYTES);
        byte[] data = random();
        Process process = run(bundle);
        terminal.readUntil("ready\n");
        Thread typist = new Thread(() -> terminal.write(Linux.over(Door.open()), data));
        typist.start();
        assertUnharmed(data, terminal.readToTheEnd());
        typist.join();
        assertEquals(0, HostTerminal.exitCode(process));
    }

    private static void assertUnharmed(byte[] sent, byte[] arrived) {
        assertEquals(sent.length, arrived.length, () -> "it begins with " + new String(arrived, 0, Math.min(200, arrived.length), StandardCharsets.ISO_8859_1));
        assertArrayEquals(sent, arrived);
    }

    private static byte[] random() {
        byte[] data = new byte[TEN_MEGABYTES];
        new Random(1).nextBytes(data);
        return data;
    }

    private static void write(Path path, byte[] bytes) {
        try {
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What comes of a run that is no terminal's: stdin from a file, stdout to a pipe. */
    private String piped(Bundle bundle, File input) throws IOException {
        Process process = carafe.builder(List.of(), "run", "--bundle", bundle.path().toString(), bundle.id())
                .redirectInput(input).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, HostTerminal.exitCode(process));
        return output;
    }

    @Test
    void the_end_of_a_file_ends_the_input_of_a_program_that_reads_lines() throws IOException {
        Path input = directory.resolve("input");
        Files.writeString(input, "one\ntwo, a half");
        Bundle bundle = bundle().writable().script("cat > /copy");
        piped(bundle, input.toFile());
        assertEquals("one\ntwo, a half", Files.readString(bundle.rootfs().resolve("copy")));
    }

    @Test
    void a_pipe_gets_lines_without_carriage_returns() throws IOException {
        assertEquals("one\ntwo\n", piped(bundle().script("echo one; echo two"), new File("/dev/null")));
    }

    @Test
    void a_shell_ends_with_its_input() throws IOException {
        assertTrue(piped(bundle().args("/bin/sh"), new File("/dev/null")).contains("#"));
    }

    @Test
    void all_output_is_written_before_the_end() throws IOException {
        assertEquals(1 << 20, piped(bundle().script("stty raw -echo; head -c 1048576 /dev/zero"), new File("/dev/null")).length());
    }

    @Test
    void a_reader_that_comes_after_the_end_gets_all() throws IOException {
        Bundle bundle = bundle().script("stty raw -echo; head -c 101000 /dev/zero");
        Process process = carafe.builder(List.of(), "run", "--bundle", bundle.path().toString(), bundle.id())
                .redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        while (!carafe.call("state", bundle.id()).out().contains("stopped")) {
            Thread.onSpinWait();
        }
        assertEquals(101_000, process.getInputStream().readAllBytes().length);
        assertEquals(0, HostTerminal.exitCode(process));
    }

    @Test
    void a_reader_that_goes_hangs_the_terminal_up() throws IOException {
        Bundle bundle = bundle().args("/bin/yes");
        Process process = carafe.builder(List.of(), "run", "--bundle", bundle.path().toString(), bundle.id())
                .redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertEquals('y', process.getInputStream().read());
        process.getInputStream().close();
        assertTrue(HostTerminal.exitCode(process) != 0);
    }

    @Test
    void the_size_of_the_document_counts_where_nobody_knows_better() throws IOException {
        Bundle bundle = bundle().script("stty size");
        bundle.save(new String(ConfigJson.write(bundle.config()), StandardCharsets.UTF_8)
                .replace("\"terminal\": true", "\"terminal\": true, \"consoleSize\": {\"height\": 25, \"width\": 81}"));
        assertEquals("25 81\n", piped(bundle, new File("/dev/null")));
    }

    @Test
    void the_terminal_is_its_users() throws IOException {
        Bundle bundle = bundle().process(process -> process.withUser(User.of(1000, 1001))).script("stat -c %u:%g $(tty)");
        assertEquals("1000:5\n", piped(bundle, new File("/dev/null")));
    }

    @Test
    void exec_on_a_terminal_leads_to_one_inside() {
        Bundle bundle = bundle().process(process -> process.withTerminal(false)).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            terminal.resize(20, 70);
            Process process = terminal.start(carafe, "exec", "-t", bundle.id(), "sh", "-c", "tty; stty size; read x; echo got $x; exit 3");
            terminal.readUntil("/dev/pts/0\r\n20 70\r\n");
            terminal.type("keys\r");
            assertEquals("keys\r\ngot keys\r\n", terminal.textToTheEnd());
            assertEquals(3, HostTerminal.exitCode(process));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** As daemons do, and as agetty(8) does by vhangup(2). */
    @ParameterizedTest
    @ValueSource(strings = {"/dev/tty", "/dev/console", "/dev/pts/0"})
    void a_program_that_closes_its_terminal_may_open_it_again(String path) throws Exception {
        Process process = run(bundle().script("exec < /dev/null > /dev/null 2>&1; sleep 1; echo again > " + path + " || exit 1; exit 3"));
        assertEquals("again\r\n", terminal.textToTheEnd());
        assertEquals(3, HostTerminal.exitCode(process));
    }

    @Test
    void exec_ends_with_its_program_though_another_holds_the_terminal() {
        Bundle bundle = bundle().process(process -> process.withTerminal(false)).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            Process process = terminal.start(carafe, "exec", "-t", bundle.id(), "sh", "-c", "trap '' HUP; sleep 999 & echo done");
            assertEquals(0, HostTerminal.exitCode(process));
            assertEquals("done\r\n", terminal.textToTheEnd());
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** A folder, and a socket whose peer resets while the program runs. */
    @ParameterizedTest
    @ValueSource(strings = {"directory", "reset"})
    void an_input_that_fails_is_an_input_that_ends(String kind) throws Exception {
        Bundle bundle = bundle().script("echo ready; while read line; do :; done; echo ended; exit 42");
        String callers = kind.equals("directory") ? "open STDIN, '<', '/tmp' or die; exec @ARGV" : """
                use Socket;
                socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, sockaddr_in(0, INADDR_LOOPBACK)) or die; listen($l, 1);
                socket(my $c, PF_INET, SOCK_STREAM, 0); connect($c, getsockname($l)) or die; accept(my $s, $l) or die;
                setsockopt($c, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
                if (!fork) { close $s; until (-e $ENV{'READY'}) { select undef, undef, undef, 0.02 } exit }
                close $c; open STDIN, '<&', $s; exec @ARGV""";
        Path ready = directory.resolve("ready");
        ProcessBuilder builder = carafe.builder(List.of("perl", "-e", callers), "run", "--bundle", bundle.path().toString(), bundle.id());
        builder.environment().put("READY", ready.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        StringBuilder out = new StringBuilder();
        while (out.indexOf("ready") < 0) {
            int c = process.getInputStream().read();
            assertTrue(c >= 0, out::toString);
            out.append((char) c);
        }
        Files.createFile(ready);
        out.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertTrue(out.toString().endsWith("ended\n"), out::toString);
        assertEquals(42, HostTerminal.exitCode(process));
        assertEquals("", carafe.call("list", "-q").out());
    }
}
