package io.carafe.conformance.suite.managers;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Json;
import io.carafe.conformance.socket.Listener;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** run, exec, pause, update. */
class RunningContainer {

    @Test
    @Tag("managers.run.exit-code")
    void run_exits_as_the_program(Container container) {
        container.script("exit 42").write();
        CommandResult answer = container.call("run", "--bundle", container.bundle().toString(), container.id());
        Expect.equal(42, answer.code(), "exit code");
    }

    @Test
    @Tag("managers.exec.process")
    void exec_runs_what_a_file_says(Container container) {
        container.running();
        CommandResult answer = container.call("exec", "--process", process(container, false, "sh", "-c", "echo $WORD; id -u; exit 7"), container.id());
        Expect.equal(7, answer.code(), "exit code");
        Expect.equal(List.of("word", "5"), answer.out().lines().toList(), "output");
    }

    @Test
    @Tag("managers.exec.detach")
    void exec_detached_returns_with_a_pid(Container container) {
        container.running();
        Path file = container.sandbox().work().resolve("exec-pid");
        Expect.succeeds(container.call("exec", "--detach", "--pid-file", file.toString(), "--process",
                process(container, false, "sleep", "1234"), container.id()));
        long pid = Long.parseLong(container.file("exec-pid"));
        Expect.eventually(container, () -> container.sandbox().read(container.sandbox().inside("/proc/" + pid + "/cmdline")).contains("1234"),
                "the pid file names another process");
    }

    @Test
    @Tag("managers.exec.console-socket")
    void exec_sends_its_terminal(Container container) {
        container.running();
        Path socket = container.sandbox().work().resolve("console");
        try (Listener listener = Listener.at(socket)) {
            Expect.succeeds(container.call("exec", "--detach", "--tty", "--console-socket", socket.toString(), "--process",
                    process(container, true, "sleep", "1234"), container.id()));
            Expect.eventually(container, () -> listener.connections().stream().anyMatch(connection -> !connection.fds().isEmpty()),
                    "no descriptor has come");
            Expect.contains(listener.connections().get(0).files().get(0), "ptmx", "the descriptor");
        }
    }

    private static String process(Container container, boolean terminal, String... args) {
        Path file = container.sandbox().work().resolve("process.json");
        TestFiles.write(file, Json.write(object("terminal", terminal, "user", object("uid", 5, "gid", 5), "args", List.of(args),
                "env", List.of("PATH=/bin", "WORD=word"), "cwd", "/")));
        return file.toString();
    }

    @Test
    @Tag("managers.pause")
    void pause_and_resume(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        container.running();
        Expect.succeeds(container.call("pause", container.id()));
        Expect.equal("paused", container.state().text("/status"), "status");
        Expect.succeeds(container.call("resume", container.id()));
        Expect.equal("running", container.state().text("/status"), "status");
    }

    @Test
    @Tag("managers.update")
    void update_takes_limits_from_stdin(Container container) {
        Expect.needsV1(container, "pids");
        container.running();
        TestFiles.write(container.sandbox().work().resolve("limits"), "{\"pids\":{\"limit\":77}}");
        Expect.succeeds(container.behind("/bin/sh", "-c", "exec \"$@\" <" + container.sandbox().work() + "/limits", "sh")
                .call("update", "--resources", "-", container.id()));
        Expect.equal("77", container.onHost("cat /sys/fs/cgroup/pids/conformance/" + container.id() + "/pids.max"), "pids.max");
    }

    @Test
    @Tag("managers.preserve-fds")
    void a_descriptor_is_handed_on(Container container) {
        TestFiles.write(container.sandbox().work().resolve("handed"), "on");
        container.behind("/bin/sh", "-c", "exec \"$@\" 3<" + container.sandbox().work() + "/handed", "sh");
        container.script("cat <&3").created("--preserve-fds", "1").started().ended();
        Expect.equal("on", container.outputSoFar().strip(), "what descriptor 3 gives");
    }
}
