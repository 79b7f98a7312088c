package io.carafe.runtime.binary.stdio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.process.User;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors that are handed on, and whose the standard streams are. */
@ExtendWith(HostUnchanged.class)
class DescriptorsIT {

    private static final int USER = 1000;
    /** The last one that it lists is its own, on that directory. */
    private static final String[] LS = {"/bin/ls", "/proc/self/fd"};

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    /** With a file on each of some descriptors, that holds the descriptor's number. @param shell what the shell does before that */
    private Process start(String shell, int first, int count, String... words) throws IOException {
        StringBuilder script = new StringBuilder(shell);
        for (int number = first; number < first + count; number++) {
            Path file = directory.resolve("file" + number);
            Files.writeString(file, "<" + number + ">");
            script.append("exec ").append(number).append('<').append(file).append("; ");
        }
        return carafe.builder(List.of("sh", "-c", script + "exec \"$@\"", "sh"), words).redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private String output(String shell, int first, int count, Bundle bundle, String... flags) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--bundle", bundle.path().toString()));
        words.addAll(List.of(flags));
        words.add(bundle.id());
        Process process = start(shell, first, count, words.toArray(new String[0]));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, HostTerminal.exitCode(process));
        return output;
    }

    @Test
    void as_many_descriptors_as_asked_for_are_inside_and_not_one_more() throws IOException {
        assertEquals("0\n1\n2\n3\n4\n5\n", output("", 3, 6, Bundle.in(directory).args(LS), "--preserve-fds", "2"));
        assertEquals("<3><4>", output("", 3, 6, Bundle.in(directory).script("cat <&3; cat <&4"), "--preserve-fds", "2"));
    }

    @Test
    void nothing_is_handed_on_that_nobody_asked_for() throws IOException {
        assertEquals("0\n1\n2\n3\n", output("", 3, 4, Bundle.in(directory).args(LS)));
    }

    /** podman --preserve-fd 5 passes them. Nothing of carafe's may stand there. @param count how many are handed on */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 100, 999_999})
    void a_number_that_the_caller_left_free_is_free_inside(int count) throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        String[] preserve = {"--preserve-fds", Integer.toString(count)};
        assertEquals("0\n1\n2\n3\n5\n", output("", 5, 1, Bundle.in(directory).args(LS), preserve), "3 is ls reading its directory");
        assertEquals("<5>", output("", 5, 1, Bundle.in(directory).script("cat <&5"), preserve));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            Process exec = start("", 5, 1, "exec", preserve[0], preserve[1], bundle.id(), "ls", "/proc/self/fd");
            assertEquals("0\n1\n2\n3\n5\n", new String(exec.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @Test
    void a_container_that_waits_has_nothing_of_ours_where_the_caller_left_numbers_free() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        Path pidFile = directory.resolve("pid");
        assertEquals(0, HostTerminal.exitCode(start("exec >/dev/null; ", 9, 1, "create", "--preserve-fds", "7", "--pid-file", pidFile.toString(),
                "--bundle", bundle.path().toString(), bundle.id())));
        try {
            for (File fd : new File("/proc/" + Files.readString(pidFile) + "/fd").listFiles()) {
                int number = Integer.parseInt(fd.getName());
                String target = Files.readSymbolicLink(fd.toPath()).toString();
                assertTrue(number < 3 || number == 9 || target.startsWith("socket:"), number + " is " + target);
            }
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "1x", "99999999"})
    void a_number_of_descriptors_is_a_number(String text) {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        assertTrue(carafe.call("run", "--preserve-fds=" + text, "--bundle", bundle.path().toString(), bundle.id()).fails()
                .contains("--preserve-fds: expected a number"));
    }

    @Test
    void sockets_that_carafe_was_activated_with_come_first() throws IOException {
        String activated = "export LISTEN_PID=$$ LISTEN_FDS=2; ";
        assertEquals("0\n1\n2\n3\n4\n5\n6\n", output(activated, 3, 6, Bundle.in(directory).args(LS), "--preserve-fds", "1"));
        assertEquals("2 1\n<3><4><5>", output(activated, 3, 6, Bundle.in(directory).script("echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4; cat <&5"),
                "--preserve-fds", "1"));
    }

    @Test
    void sockets_that_another_process_was_activated_with_are_not_handed_on() throws IOException {
        String another = "export LISTEN_PID=1 LISTEN_FDS=2; ";
        assertEquals("0\n1\n2\n3\n", output(another, 3, 4, Bundle.in(directory).args(LS)));
        assertEquals("[]\n", output(another, 3, 4, Bundle.in(directory).script("echo [$LISTEN_FDS]")));
    }

    @Test
    void create_and_exec_hand_on_descriptors_too() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        assertEquals(0, HostTerminal.exitCode(start("exec >/dev/null; ", 3, 4, "create", "--preserve-fds", "1", "--bundle", bundle.path().toString(),
                bundle.id())));
        carafe.call("start", bundle.id()).succeeds();
        try {
            Process exec = start("", 3, 4, "exec", "--preserve-fds", "2", bundle.id(), "ls", "/proc/1/fd", "/proc/self/fd");
            assertEquals("/proc/1/fd:\n0\n1\n2\n3\n\n/proc/self/fd:\n0\n1\n2\n3\n4\n5\n",
                    new String(exec.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    private int owner(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }

    private void run(File input, File output, Bundle bundle) throws IOException {
        Process process = carafe.builder(List.of(), "run", "--bundle", bundle.path().toString(), bundle.id())
                .redirectInput(input).redirectOutput(output).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertEquals(0, HostTerminal.exitCode(process));
    }

    private Bundle ofUser(String script) {
        return Bundle.in(directory).process(process -> process.withUser(User.of(USER, USER))).script(script);
    }

    @Test
    void the_file_for_the_output_becomes_the_users_who_may_open_it_again() throws IOException {
        File output = Files.createFile(directory.resolve("output")).toFile();
        run(new File("/dev/null"), output, ofUser("echo once; echo again > /dev/stdout"));
        assertEquals(USER, owner(output.toPath()));
        assertTrue(Files.readString(output.toPath()).contains("again"));
    }

    @Test
    void a_pipe_becomes_the_users() throws IOException {
        assertEquals(USER + "\n", output("", 3, 0, ofUser("stat -L -c %u /proc/self/fd/1")));
    }

    @Test
    void a_file_that_is_only_read_stays_its_owners() throws IOException {
        Path input = directory.resolve("input");
        Files.writeString(input, "text");
        run(input.toFile(), new File("/dev/null"), ofUser("cat"));
        assertEquals(0, owner(input));
    }

    @ParameterizedTest
    @CsvSource({"/dev/null", "/dev/zero"})
    void a_device_of_the_host_stays_roots(String device) throws IOException {
        // runc #3674; crun 1.8.1 gave the host's /dev/null away
        run(new File(device), new File("/dev/null"), ofUser("true"));
        assertEquals(0, owner(Path.of(device)));
        assertEquals(0, owner(Path.of("/dev/null")));
    }

    @Test
    void an_exec_gives_its_streams_to_its_user() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            Path output = Files.createFile(directory.resolve("output"));
            Process exec = carafe.builder(List.of(), "exec", "--user", "7", bundle.id(), "sh", "-c", "echo x > /dev/stdout")
                    .redirectInput(new File("/dev/null")).redirectOutput(output.toFile()).start();
            assertEquals(0, HostTerminal.exitCode(exec));
            assertEquals(7, owner(output));
            assertEquals(0, owner(Path.of("/dev/null")));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }
}
