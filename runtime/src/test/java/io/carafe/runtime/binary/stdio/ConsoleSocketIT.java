package io.carafe.runtime.binary.stdio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A terminal or a pidfd for somebody else: the calls of conmon and of containerd's shim (go-runc). */
@ExtendWith(HostUnchanged.class)
class ConsoleSocketIT {

    private static final int ORDINARY_USER = 65534;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private PassedFd socket;
    private Bundle bundle;

    @BeforeEach
    void socket() {
        carafe = Carafe.in(directory.resolve("root"));
        socket = PassedFd.listenIn(directory);
    }

    @AfterEach
    void closed() {
        if (bundle != null) {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
        socket.close();
    }

    private Bundle bundle() {
        bundle = TerminalIT.withTerminal(Bundle.in(directory));
        return bundle;
    }

    private Bundle bundleOf(String who) throws Exception {
        if (who.equals("root")) {
            return bundle();
        }
        carafe = carafe.asOrdinaryUser();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        bundle = TerminalIT.withTerminal(Bundle.rootless(directory, ORDINARY_USER, ORDINARY_USER));
        assertEquals(0, new ProcessBuilder("chown", "-R", ORDINARY_USER + ":" + ORDINARY_USER, directory.toString()).start().waitFor());
        return bundle;
    }

    private void create(String... more) {
        carafe.call(words(List.of("create", "--bundle", bundle.path().toString()), List.of(more), List.of(bundle.id()))).succeeds();
    }

    @SafeVarargs
    private static String[] words(List<String>... parts) {
        return Stream.of(parts).flatMap(List::stream).toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "ordinary user"})
    void conmon_gets_the_terminals_of_a_container_and_of_an_exec(String who) throws Exception {
        bundleOf(who).script("echo ready; read line; echo got $line; sleep 1000");
        Path pidFile = directory.resolve("pidfile");
        create("--pid-file", pidFile.toString(), "--console-socket", socket.path());
        try (HostTerminal terminal = socket.receiveTerminal()) {
            carafe.call("start", bundle.id()).succeeds();
            terminal.readUntil("ready\r\n");
            terminal.type("keys\r");
            assertEquals("keys\r\n", terminal.readUntil("got keys\r\n"));
            if (!who.equals("root")) {
                return; // an ordinary user's exec does not enter a user namespace yet: setns(2) says EPERM
            }
            Path process = directory.resolve("process.json");
            Files.write(process, ProcessJson.write(Process.of("/", List.of("sh", "-c", "tty; read x; echo and $x"), List.of("PATH=/bin"))
                    .withTerminal(true)));
            carafe.call("exec", "--pid-file", pidFile.toString(), "--process", process.toString(), "--detach", "--tty",
                    "--console-socket", socket.path(), bundle.id()).succeeds();
            try (HostTerminal another = socket.receiveTerminal()) {
                another.readUntil("/dev/pts/1\r\n");
                another.type("more\r");
                assertEquals("more\r\nand more\r\n", another.textToTheEnd());
            }
        }
    }

    @Test
    void containerds_shim_gets_the_terminals_of_a_container_and_of_an_exec() throws IOException {
        bundle().script("stty size; sleep 1000");
        Path log = directory.resolve("log.json");
        List<String> global = List.of("--log", log.toString(), "--log-format", "json");
        carafe.call(words(global, List.of("create", "--bundle", bundle.path().toString(), "--pid-file", directory.resolve("init.pid").toString(),
                "--console-socket", socket.path(), bundle.id()))).succeeds();
        try (HostTerminal terminal = socket.receiveTerminal()) {
            terminal.resize(40, 132); // ResizePty may come before the start
            carafe.call(words(global, List.of("start", bundle.id()))).succeeds();
            terminal.readUntil("40 132\r\n");
            Path process = directory.resolve("process.json");
            Files.write(process, ProcessJson.write(Process.of("/", List.of("sh", "-c", "id -u; exit 5"), List.of("PATH=/bin"))
                    .withTerminal(true).withUser(User.of(7, 7))));
            carafe.call(words(global, List.of("exec", "--process", process.toString(), "--console-socket", socket.path(), "--detach",
                    "--pid-file", directory.resolve("exec.pid").toString(), bundle.id()))).succeeds();
            try (HostTerminal another = socket.receiveTerminal()) {
                assertEquals("7\r\n", another.textToTheEnd());
            }
            carafe.call(words(global, List.of("kill", bundle.id(), "9"))).succeeds();
            terminal.textToTheEnd();
        }
        assertTrue(Files.notExists(log), "no error was logged");
    }

    /** podman sets it beside the start, which it makes on the user's terminal: a fast start would be first. @param peers of who has the master */
    @ParameterizedTest
    @CsvSource({"0, 0, 33 99", "20, 70, 20 70"})
    void a_size_that_nobody_has_set_is_that_of_the_terminal_of_the_start(int peersRows, int peersColumns, String seen) throws Exception {
        bundle().script("stty size; sleep 1000");
        create("--console-socket", socket.path());
        try (HostTerminal terminal = socket.receiveTerminal(); HostTerminal callers = HostTerminal.open()) {
            terminal.resize(peersRows, peersColumns);
            callers.resize(33, 99);
            assertEquals(0, HostTerminal.exitCode(callers.start(carafe, "start", bundle.id())));
            terminal.readUntil(seen + "\r\n");
            Path process = directory.resolve("process.json");
            Files.write(process, ProcessJson.write(Process.of("/", List.of("stty", "size"), List.of("PATH=/bin")).withTerminal(true)));
            assertEquals(0, HostTerminal.exitCode(callers.start(carafe, "exec", "--process", process.toString(), "--console-socket", socket.path(),
                    "--detach", bundle.id())));
            try (HostTerminal another = socket.receiveTerminal()) {
                assertEquals("33 99\r\n", another.textToTheEnd());
            }
        }
    }

    @Test
    void a_size_of_the_document_stays_whatever_the_terminal_of_the_start_has() throws Exception {
        bundle().script("stty size; sleep 1000");
        bundle.save(new String(ConfigJson.write(bundle.config()), StandardCharsets.UTF_8).replace("\"terminal\"", "\"consoleSize\": {\"height\": 11, \"width\": 55}, \"terminal\""));
        create("--console-socket", socket.path());
        try (HostTerminal terminal = socket.receiveTerminal(); HostTerminal callers = HostTerminal.open()) {
            callers.resize(33, 99);
            assertEquals(0, HostTerminal.exitCode(callers.start(carafe, "start", bundle.id())));
            terminal.readUntil("11 55\r\n");
        }
    }

    @Test
    void a_detached_run_hands_its_terminal_over_too() {
        bundle().script("echo ready; sleep 1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), "--console-socket", socket.path(), bundle.id()).succeeds();
        try (HostTerminal terminal = socket.receiveTerminal()) {
            terminal.readUntil("ready\r\n");
        }
    }

    @Test
    void the_documents_size_is_the_first_one() {
        bundle().script("stty size; sleep 1000");
        bundle.save(new String(ConfigJson.write(bundle.config()), StandardCharsets.UTF_8)
                .replace("\"terminal\": true", "\"terminal\": true, \"consoleSize\": {\"height\": 25, \"width\": 81}"));
        create("--console-socket", socket.path());
        try (HostTerminal terminal = socket.receiveTerminal()) {
            carafe.call("start", bundle.id()).succeeds();
            terminal.readUntil("25 81\r\n");
        }
    }

    @Test
    void a_socket_may_have_a_path_that_is_longer_than_an_address() throws IOException {
        bundle().args("/bin/sleep", "1000");
        Path deep = Files.createDirectories(directory.resolve("d".repeat(100)).resolve("e".repeat(100)));
        Files.createSymbolicLink(deep.resolve("console.sock"), Path.of(socket.path()));
        create("--console-socket", deep.resolve("console.sock").toString());
        socket.receiveTerminal().close();
    }

    @Test
    void a_terminal_that_nobody_would_hold_is_refused() {
        bundle().args("/bin/true");
        String[] create = {"create", "--bundle", bundle.path().toString(), bundle.id()};
        assertTrue(carafe.call(create).fails().contains("cannot allocate tty if carafe will detach without setting console socket"));
        assertTrue(carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).fails().contains("--console-socket"));
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_console_socket_that_would_get_nothing_is_refused() {
        bundle().args("/bin/true");
        String[] attached = {"run", "--bundle", bundle.path().toString(), "--console-socket", socket.path(), bundle.id()};
        assertTrue(carafe.call(attached).fails().contains("cannot use console socket if carafe will not detach or allocate tty"));
        bundle.process(process -> process.withTerminal(false));
        assertTrue(carafe.call("create", "--bundle", bundle.path().toString(), "--console-socket", socket.path(), bundle.id()).fails()
                .contains("cannot use console socket"));
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_socket_that_is_not_there_is_told() {
        bundle().args("/bin/true");
        assertTrue(carafe.call("create", "--bundle", bundle.path().toString(), "--console-socket", "/nowhere/sock", bundle.id()).fails()
                .contains("--console-socket: connect /nowhere/sock: ENOENT"));
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_pidfd_is_sent_of_a_container_and_of_an_exec() throws IOException {
        bundle().process(process -> process.withTerminal(false)).args("/bin/sleep", "1000");
        Path pidFile = directory.resolve("pidfile");
        create("--pidfd-socket", socket.path(), "--pid-file", pidFile.toString());
        try (Fd pidfd = socket.receive("standard")) {
            assertEquals(Files.readString(pidFile), pidOf(pidfd));
        }
        carafe.call("start", bundle.id()).succeeds();
        carafe.call("exec", "--detach", "--pidfd-socket", socket.path(), "--pid-file", pidFile.toString(), bundle.id(), "sleep", "1000").succeeds();
        try (Fd pidfd = socket.receive("setns")) {
            assertEquals(Files.readString(pidFile), pidOf(pidfd));
        }
    }

    private static String pidOf(Fd pidfd) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + pidfd.number())).stream().filter(line -> line.startsWith("Pid:"))
                .findFirst().orElseThrow().substring(4).strip();
    }

    // CVE-2025-52565, CVE-2026-41579: what an image, or a process inside, lays where the terminal goes.

    private Path hostFile() throws IOException {
        Path file = directory.resolve("host-file");
        Files.writeString(file, "the host's");
        return file;
    }

    private static void assertUntouched(Path file) throws IOException {
        assertEquals("the host's", Files.readString(file));
        assertEquals(0, Files.getAttribute(file, "unix:uid"));
    }

    /** The image's own /dev, so that what it has there is what the runtime meets. */
    private Bundle withoutDevMounts() {
        return bundle().writable().config(config -> config.withMounts(config.mounts().stream()
                .filter(mount -> !mount.destination().startsWith("/dev") || mount.destination().equals("/dev/pts")).toList()));
    }

    @Test
    void a_console_that_is_a_link_is_refused_and_leads_nowhere() throws IOException {
        Path file = hostFile();
        withoutDevMounts().args("/bin/true");
        Files.createSymbolicLink(bundle.rootfs().resolve("dev/console"), file);
        assertTrue(carafe.call("run", "--bundle", bundle.path().toString(), bundle.id()).fails()
                .contains("bind the terminal on /dev/console: ELOOP"));
        assertUntouched(file);
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_ptmx_that_is_a_link_to_the_hosts_leads_nowhere() throws IOException {
        Path file = hostFile();
        withoutDevMounts().script("tty; readlink /dev/ptmx");
        Files.createSymbolicLink(bundle.rootfs().resolve("dev/ptmx"), file);
        assertEquals("/dev/pts/0\npts/ptmx\n", carafe.call("run", "--bundle", bundle.path().toString(), bundle.id()).succeeds().out());
        assertUntouched(file);
    }

    @Test
    void a_pts_that_is_a_link_to_a_directory_of_the_host_leads_nowhere() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        withoutDevMounts().args("/bin/true");
        Files.createSymbolicLink(bundle.rootfs().resolve("dev/pts"), outside);
        carafe.call("run", "--bundle", bundle.path().toString(), bundle.id());
        try (var files = Files.list(outside)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void without_a_devpts_the_images_own_ptmx_is_not_opened() throws IOException {
        bundle().writable().args("/bin/true").config(config -> config.withMounts(config.mounts().stream()
                .filter(mount -> !mount.destination().startsWith("/dev")).toList()));
        Path pts = Files.createDirectory(bundle.rootfs().resolve("dev/pts"));
        Path file = hostFile();
        Files.createLink(pts.resolve("ptmx"), file);
        assertTrue(carafe.call("run", "--bundle", bundle.path().toString(), bundle.id()).fails()
                .contains("process.terminal needs a devpts mounted on /dev/pts"));
        assertUntouched(file);
    }

    @Test
    void an_exec_opens_no_ptmx_that_a_process_inside_has_covered() throws IOException {
        List<String> all = List.of("CAP_SYS_ADMIN", "CAP_KILL");
        bundle().process(process -> process.withTerminal(false).withCapabilities(new Capabilities(all, all, List.of(), all,
                List.of()))).script("echo trap > /tmp/trap; mount --bind /tmp/trap /dev/pts/ptmx && echo covered > /dev/shm/done; sleep 1000");
        bundle.writable();
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        while (carafe.call("exec", bundle.id(), "test", "-s", "/dev/shm/done").code() != 0) {
            Thread.onSpinWait();
        }
        assertTrue(carafe.call("exec", "-t", bundle.id(), "true").failsWith(255).contains("something is mounted over it"));
        assertEquals("trap\n", carafe.call("exec", bundle.id(), "cat", "/tmp/trap").out());
    }
}
