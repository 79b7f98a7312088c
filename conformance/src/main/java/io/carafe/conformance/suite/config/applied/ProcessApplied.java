package io.carafe.conformance.suite.config.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.socket.Listener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What process says of the program, its terminal and its user. */
class ProcessApplied {

    @Test
    @Tag("config.process.args.applied")
    void args_are_the_programs_arguments(Container container) {
        Expect.equal("a b|c", container.args("sh", "-c", "echo \"$1|$2\"", "sh", "a b", "c").output().strip(), "the arguments");
    }

    @Test
    @Tag("config.process.env.applied")
    void env_is_the_programs_environment(Container container) {
        String[] seen = container.with("/process/env", List.of("PATH=/bin", "EMPTY=", "SPACED=a b")).environment("CALLERS", "of the caller")
                .args("cat", "/proc/self/environ").output().split("\0");
        // Runtimes add HOME, as login(1) does.
        Expect.equal(List.of("PATH=/bin", "EMPTY=", "SPACED=a b"), Arrays.stream(seen).filter(one -> !one.startsWith("HOME=")).toList(),
                "the environment");
    }

    @Test
    @Tag("config.process.cwd.applied")
    void cwd_is_the_programs_directory(Container container) {
        Expect.equal("/tmp", container.with("/process/cwd", "/tmp").args("pwd").output().strip(), "the directory");
    }

    @Test
    @Tag("config.process.terminal.applied")
    void with_terminal_the_streams_are_a_terminal(Container container) {
        Expect.equal("terminal", inTerminal(container, "test -t 0 && test -t 1 && test -t 2 && echo terminal >/seen"), "stdin, stdout and stderr");
    }

    @Test
    @Tag("config.process.consoleSize.applied")
    void consoleSize_is_the_size_of_the_terminal(Container container) {
        container.with("/process/consoleSize", object("height", 37, "width", 113));
        Expect.equal("37 113", inTerminal(container, "stty size >/seen"), "rows and columns");
    }

    private static String inTerminal(Container container, String script) {
        Path socket = container.sandbox().work().resolve("console");
        try (Listener listener = Listener.at(socket)) {
            container.with("/process/terminal", true).script(script).created("--console-socket", socket.toString()).started().ended();
        }
        return container.observed("in the container", container.sandbox().read(container.rootfs().resolve("seen"))).strip();
    }

    @Test
    @Tag("config.process.user.uid.applied")
    void uid_is_the_programs(Container container) {
        Expect.equal("4321", container.with("/process/user/uid", 4321).args("id", "-u").output().strip(), "the uid");
    }

    @Test
    @Tag("config.process.user.gid.applied")
    void gid_is_the_programs(Container container) {
        Expect.equal("4322", container.with("/process/user/gid", 4322).args("id", "-g").output().strip(), "the gid");
    }

    @Test
    @Tag("config.process.user.umask.applied")
    void umask_is_the_programs(Container container) {
        Expect.equal("0037", container.with("/process/user/umask", 037).script("umask").output().strip(), "the umask");
    }

    @Test
    @Tag("config.process.user.additionalGids.applied")
    void additionalGids_are_the_programs(Container container) {
        String groups = container.with("/process/user/additionalGids", List.of(5001, 5002)).script("sed -n 's/^Groups:[ \t]*//p' /proc/self/status")
                .output().strip();
        Expect.that(List.of(groups.split(" ")).containsAll(List.of("5001", "5002")), "the groups are " + groups);
    }

    @Test
    @Tag("config.process.rlimits.applied")
    void a_limit_stops_the_program(Container container) {
        String output = container.with("/process/rlimits", List.of(object("type", "RLIMIT_FSIZE", "soft", 4096, "hard", 8192)))
                .script("ulimit -f; dd if=/dev/zero of=/file bs=1024 count=64 2>/dev/null; stat -c %s /file").output();
        Expect.contains(output, "4096", "the size of a file that grew to its limit");
    }

    @Test
    @Tag("config.process.noNewPrivileges.applied")
    void with_noNewPrivileges_the_program_gains_none(Container container) {
        Expect.equal("1", noNewPrivileges(container.with("/process/noNewPrivileges", true)), "NoNewPrivs");
    }

    @Test
    @Tag("config.process.noNewPrivileges.applied")
    void without_noNewPrivileges_the_program_may_gain_some(Container container) {
        Expect.equal("0", noNewPrivileges(container.with("/process/noNewPrivileges", false)), "NoNewPrivs");
    }

    private static String noNewPrivileges(Container container) {
        return container.args("sed", "-n", "s/^NoNewPrivs:[ \t]*//p", "/proc/self/status").output().strip();
    }
}
