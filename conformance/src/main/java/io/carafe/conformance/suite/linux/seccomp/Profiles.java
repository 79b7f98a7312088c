package io.carafe.conformance.suite.linux.seccomp;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Profiles {

    @Test
    @Tag("config-linux.seccomp.defaultErrnoRet")
    void defaultErrnoRet_with_an_action_that_returns_none_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "defaultErrnoRet", 38)));
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.errnoRet")
    void errnoRet_with_an_action_that_returns_none_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls",
                List.of(object("names", List.of("getcwd"), "action", "SCMP_ACT_KILL", "errnoRet", 38)))));
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.names.empty")
    void a_rule_without_a_name_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls",
                List.of(object("names", List.of(), "action", "SCMP_ACT_ERRNO")))));
    }
}
