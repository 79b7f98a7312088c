package io.carafe.runtime.binary.security.onlooker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.kernel.RefusedCall;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.runtime.binary.kernel.RefusedCall;
import io.carafe.runtime.binary.stdio.HostTerminal;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.User;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.SyscallArg;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A container with CAP_SYS_PTRACE looks at every process that comes to be in its pid namespace: whatever carafe does meanwhile, it must get
 * hold of nothing of the host's.
 */
@ExtendWith(HostUnchanged.class)
class SeenFromInsideIT {

    private static final String SECRET = "CALLERS_SECRET=hush-of-the-caller";
    private static final int ROUNDS = Integer.getInteger("onlooker.rounds", 60);

    @TempDir
    private Path directory;
    private Path hostFile;
    private Carafe carafe;
    private Bundle onlooker;

    @BeforeEach
    void watch() throws Exception {
        watch(bundle -> { });
    }

    private void watch(Consumer<Bundle> more) throws Exception {
        hostFile = Files.writeString(directory.resolve("of-the-host"), "secret");
        carafe = Carafe.in(directory.resolve("root"));
        onlooker = Bundle.in(directory).writable();
        Onlooker.into(onlooker);
        onlooker.args("/bin/look", hostFile.toString(), SECRET, directory.getFileName().toString()).process(SeenFromInsideIT::withPtrace);
        more.accept(onlooker);
        carafe.call("run", "--detach", "--bundle", onlooker.path().toString(), onlooker.id()).succeeds();
    }

    @AfterEach
    void end() {
        carafe.call("delete", "--force", onlooker.id());
    }

    private static io.carafe.spec.process.Process withPtrace(io.carafe.spec.process.Process process) {
        List<String> names = List.of("CAP_SYS_PTRACE", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_SETUID", "CAP_SETGID");
        return process.withCapabilities(new Capabilities(names, names, List.of(), names, List.of()));
    }

    /** A call with the secret in its environment. */
    private Carafe.Result call(String... words) throws Exception {
        ProcessBuilder builder = carafe.builder(List.of("env", SECRET), words);
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(Path.of("/dev/null").toFile())
                .redirectError(err.toFile()).start();
        int code = process.waitFor();
        return new Carafe.Result(builder.command(), code, "", Files.readString(err));
    }

    private Map<String, String> found() throws Exception {
        carafe.call("kill", onlooker.id(), "TERM").succeeds();
        Path seen = onlooker.rootfs().resolve("tmp/seen");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.exists(seen) || !carafe.call("state", onlooker.id()).out().contains("stopped")) {
            assertFalse(System.nanoTime() > deadline, "the onlooker does not end");
            Thread.sleep(20);
        }
        return Onlooker.found(onlooker);
    }

    @Test
    void a_further_process_brings_nothing_of_the_host() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            call("exec", onlooker.id(), "/bin/true").succeeds();
            call("exec", "--user", "1000:1000", "--cwd", "/tmp", onlooker.id(), "/bin/true").succeeds();
            call("exec", "--detach", onlooker.id(), "/bin/true").succeeds();
        }
        assertEquals(Map.of(), found());
    }

    @Test
    void a_process_brings_no_terminal_of_the_host() throws Exception {
        Bundle peer = peer().args("/bin/true");
        try (HostTerminal terminal = HostTerminal.open()) {
            for (int i = 0; i < ROUNDS; i++) {
                assertEquals(0, HostTerminal.exitCode(terminal.start(carafe, "exec", onlooker.id(), "/bin/true")));
                assertEquals(0, HostTerminal.exitCode(terminal.start(carafe, "run", "--bundle", peer.path().toString(), peer.id())));
            }
        }
        assertEquals(Map.of(), found());
    }

    /** A filter is loaded with CAP_SYS_ADMIN where no_new_privs is not set, as under docker. */
    @Test
    void a_process_under_a_filter_is_born_without_the_right_to_load_it() throws Exception {
        end();
        watch(SeenFromInsideIT::filtered);
        Bundle peer = filtered(peer().args("/bin/true"));
        for (int i = 0; i < ROUNDS; i++) {
            call("exec", onlooker.id(), "/bin/true").succeeds();
            call("exec", "--detach", onlooker.id(), "/bin/true").succeeds();
            call("run", "--bundle", peer.path().toString(), peer.id()).succeeds();
            call("create", "--bundle", peer.path().toString(), peer.id()).succeeds();
            call("start", peer.id()).succeeds();
            call("delete", "--force", peer.id()).succeeds();
        }
        assertEquals(Map.of(), found());
    }

    private static Bundle filtered(Bundle bundle) {
        return bundle.process(process -> process.withNoNewPrivileges(false)).linux(linux -> linux.withSeccomp(ContainerProfiles.likeDockers()));
    }

    @Test
    void a_further_process_that_fails_brings_nothing_either() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            call("exec", onlooker.id(), "/bin/missing").failsWith(255);
            call("exec", onlooker.id(), "/tmp").failsWith(255);
            call("exec", onlooker.id(), "/bin/true").succeeds();
        }
        assertEquals(Map.of(), found());
    }

    /** Its procfs is that of the joined namespace, made from outside of it: in three ways. */
    @ParameterizedTest
    @CsvSource({"by the option pidns, none, 0, -1", "before Linux 6.17, fsconfig, 22, 5", "before Linux 5.12, open_tree, 38, -1"})
    void a_container_in_its_pid_namespace_brings_nothing_of_the_host(String way, String call, int errno, long command) throws Exception {
        Bundle peer = peer().args("/bin/grep", "-q", "look", "/proc/1/comm");
        Callable<Boolean> rounds = () -> {
            for (int i = 0; i < ROUNDS; i++) {
                call("run", "--bundle", peer.path().toString(), peer.id()).succeeds();
                call("create", "--bundle", peer.path().toString(), peer.id()).succeeds();
                call("start", peer.id()).succeeds();
                call("delete", "--force", peer.id()).succeeds();
            }
            return true;
        };
        List<SyscallArg> args = command < 0 ? List.of() : List.of(new SyscallArg(1, command, 0, Operator.SCMP_CMP_EQ));
        assertTrue(errno == 0 ? rounds.call() : RefusedCall.around(call, errno, args, rounds), way);
        assertEquals(Map.of(), found());
    }

    /** Its memory is carafe's until it is started; the kernel shows of it what execve(2) laid there. */
    @Test
    void an_init_that_waits_shows_nothing_of_its_callers_words() throws Exception {
        Bundle waiting = Bundle.in(directory).args("/bin/sleep", "1000").process(SeenFromInsideIT::withPtrace);
        call("create", "--bundle", waiting.path().toString(), waiting.id()).succeeds();
        try {
            for (String file : List.of("environ", "cmdline")) {
                String text = carafe.call("exec", waiting.id(), "/bin/cat", "/proc/1/" + file).succeeds().out();
                assertEquals("", text.replace("\0", ""), file);
            }
        } finally {
            carafe.call("delete", "--force", waiting.id()).succeeds();
        }
    }

    /** Its own memory, that is: createContainer hooks get the caller's environment, and the init that runs them goes on. */
    @ParameterizedTest
    @CsvSource({"''", "createContainer", "createRuntime", "startContainer"})
    void an_init_that_waits_has_no_copy_of_its_callers_environment(String kind) throws Exception {
        Bundle waiting = Bundle.in(directory).args("/bin/sleep", "1000");
        List<Hook> hooks = List.of(new Hook("/bin/true", List.of(), Optional.empty(), OptionalInt.empty()));
        waiting.config(config -> config.withHooks(new Hooks(List.of(), kind.equals("createRuntime") ? hooks : List.of(),
                kind.equals("createContainer") ? hooks : List.of(), kind.equals("startContainer") ? hooks : List.of(), List.of(), List.of())));
        call("create", "--bundle", waiting.path().toString(), waiting.id()).succeeds();
        try {
            String pid = carafe.call("state", waiting.id()).succeeds().out().replaceAll("(?s).*\"pid\": *(\\d+).*", "$1");
            assertFalse(memory(pid).contains(SECRET.substring(SECRET.indexOf('=') + 1)));
            assertTrue(memory(pid).contains(waiting.path().toString()), "the memory was not read at all");
        } finally {
            carafe.call("delete", "--force", waiting.id()).succeeds();
        }
    }

    /** All of a process's memory that it may write to, a character for each byte. */
    private static String memory(String pid) throws Exception {
        StringBuilder memory = new StringBuilder();
        try (RandomAccessFile file = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc", pid, "maps"))) {
                String[] range = line.split("[ -]");
                if (range[2].startsWith("rw")) {
                    byte[] part = new byte[(int) (Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16))];
                    file.seek(Long.parseLong(range[0], 16));
                    file.readFully(part);
                    memory.append(new String(part, StandardCharsets.ISO_8859_1)).append('\n');
                }
            }
        }
        return memory.toString();
    }

    /** Without CAP_SYS_PTRACE not even its memory; nor where a change of ids makes a process dumpable. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1000, 0", "1000, 1"})
    void an_init_that_waits_is_not_dumpable(int user, String suidDumpable) throws Exception {
        Path parameter = Path.of("/proc/sys/fs/suid_dumpable");
        String before = Files.readString(parameter);
        Bundle waiting = Bundle.in(directory).args("/bin/sleep", "1000").process(process -> process.withUser(User.of(user, user)));
        Files.writeString(parameter, suidDumpable);
        try {
            carafe.call("create", "--bundle", waiting.path().toString(), waiting.id()).succeeds();
            for (String file : List.of("environ", "maps", "auxv", "mem")) {
                assertTrue(carafe.call("exec", waiting.id(), "/bin/head", "-c", "1", "/proc/1/" + file).err().contains("Permission denied"), file);
            }
        } finally {
            Files.writeString(parameter, before);
            carafe.call("delete", "--force", waiting.id()).succeeds();
        }
    }

    private Bundle peer() throws Exception {
        String state = carafe.call("state", onlooker.id()).succeeds().out();
        String pid = state.replaceAll("(?s).*\"pid\": *(\\d+).*", "$1");
        Bundle peer = Bundle.in(directory).args("/bin/true");
        // The onlooker knows a program of the container by its inode.
        Path program = peer.rootfs().resolve("bin/busybox");
        Files.delete(program);
        Files.createLink(program, onlooker.rootfs().resolve("bin/busybox"));
        peer.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>();
            for (Namespace namespace : linux.namespaces()) {
                namespaces.add(namespace.type() == NamespaceType.PID
                        ? new Namespace(NamespaceType.PID, Optional.of("/proc/" + pid + "/ns/pid")) : namespace);
            }
            return linux.withNamespaces(namespaces);
        });
        return peer;
    }
}
