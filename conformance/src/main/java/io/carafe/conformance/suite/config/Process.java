package io.carafe.conformance.suite.config;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** process. */
class Process {

    @Test
    @Tag("config.process.consoleSize")
    void consoleSize_without_a_terminal_is_passed_over(Container container) {
        String output = container.with("/process/consoleSize", object("height", 25, "width", 80))
                .script("tty; stat -Lc %F /proc/self/fd/1").output();
        Expect.contains(output, "not a tty", "what tty says");
        Expect.contains(output, "regular", "the type of stdout");
    }

    @Test
    @Tag("config.process.consoleSize")
    void consoleSize_with_terminal_false_is_passed_over(Container container) {
        String output = container.with("/process/terminal", false).with("/process/consoleSize", object("height", 25, "width", 80))
                .script("tty").output();
        Expect.contains(output, "not a tty", "what tty says");
    }

    @Test
    @Tag("config.process.cwd.absolute")
    void a_relative_cwd_is_an_error(Container container) {
        Expect.isRefusedOrDoesNotStart(container.with("/process/cwd", "tmp"));
    }

    @Test
    @Tag("config.process.args")
    void args_without_an_entry_is_an_error(Container container) {
        Expect.isRefusedOrDoesNotStart(container.with("/process/args", List.of()));
    }

    @Test
    @Tag("config.process.rlimits.unknown")
    void an_unknown_limit_is_an_error(Container container) {
        Expect.isRefused(container.with("/process/rlimits/-", object("type", "RLIMIT_NOSUCH", "soft", 1, "hard", 1)));
    }

    @Test
    @Tag("config.process.rlimits.getrlimit")
    void each_limit_can_be_asked_for(Container container) {
        String limits = limited(container);
        for (String name : List.of("Max open files", "Max core file size", "Max file size")) {
            Expect.contains(limits, name, "the limits");
        }
    }

    @Test
    @Tag("config.process.rlimits.soft.matches")
    void soft_limits_are_as_configured(Container container) {
        Expect.that(limited(container).matches("(?s).*Max open files +333 .*Max file size.*|(?s).*Max file size +77777 .*Max open files +333 .*"),
                "the soft limits are not 333 and 77777");
    }

    @Test
    @Tag("config.process.rlimits.hard.matches")
    void hard_limits_are_as_configured(Container container) {
        String limits = limited(container);
        Expect.that(limits.matches("(?s).*Max open files +\\d+ +444 .*"), "the hard limit of open files is not 444");
        Expect.that(limits.matches("(?s).*Max file size +\\d+ +88888 .*"), "the hard limit of file sizes is not 88888");
    }

    private static String limited(Container container) {
        return container.with("/process/rlimits", List.of(object("type", "RLIMIT_NOFILE", "soft", 333, "hard", 444),
                object("type", "RLIMIT_FSIZE", "soft", 77_777, "hard", 88_888), object("type", "RLIMIT_CORE", "soft", 0, "hard", 0)))
                .args("cat", "/proc/self/limits").output();
    }

    @Test
    @Tag("config.process.rlimits.duplicate")
    void one_type_of_limit_twice_is_an_error(Container container) {
        Expect.isRefused(container.with("/process/rlimits", List.of(object("type", "RLIMIT_NOFILE", "soft", 333, "hard", 444),
                object("type", "RLIMIT_NOFILE", "soft", 222, "hard", 444))));
    }

    @Test
    @Tag("config.process.capabilities.warning")
    void an_unknown_capability_is_only_warned_of(Container container) {
        for (String set : List.of("bounding", "effective", "permitted")) {
            container.with("/process/capabilities/" + set + "/-", "CAP_NO_SUCH");
        }
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("config.process.capabilities.no-failure")
    void a_capability_that_cannot_be_granted_is_no_failure(Container container) {
        // CAP_SYS_BOOT is taken out of what the runtime itself may have, and asked for.
        Expect.needsRoot(container);
        container.behind("setpriv", "--bounding-set=-sys_boot", "--inh-caps=-sys_boot");
        for (String set : List.of("bounding", "effective", "permitted")) {
            container.with("/process/capabilities/" + set + "/-", "CAP_SYS_BOOT");
        }
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("config.process.oomScoreAdj")
    void oomScoreAdj_is_set(Container container) {
        Expect.equal("567", container.with("/process/oomScoreAdj", 567).args("cat", "/proc/self/oom_score_adj").output().strip(),
                "oom_score_adj");
    }

    @Test
    @Tag("config.process.oomScoreAdj.absent")
    void without_oomScoreAdj_that_of_the_caller_stays(Container container) {
        container.behind("/bin/sh", "-c", "echo 345 >/proc/self/oom_score_adj; exec \"$@\"", "sh");
        Expect.equal("345", container.args("cat", "/proc/self/oom_score_adj").output().strip(), "oom_score_adj");
    }
}
