package io.carafe.conformance.suite.managers;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What exec gives its process, and what update changes. */
class ExecAndUpdate {

    @Test
    @Tag("managers.exec.environment")
    void exec_has_the_environment_of_its_process_alone(Container container) {
        container.environment("CALLERS", "of the caller").with("/process/env", List.of("PATH=/bin", "FIRST=of the first")).running();
        Map<String, Object> process = process("cat", "/proc/self/environ");
        process.put("env", List.of("PATH=/bin", "OWN=a b"));
        List<String> seen = List.of(ran(container, process).split("\0"));
        Expect.equal(List.of("PATH=/bin", "OWN=a b"), seen.stream().filter(one -> !one.startsWith("HOME=")).toList(), "the environment");
    }

    @Test
    @Tag("managers.exec.capabilities")
    void exec_has_the_capabilities_of_its_process(Container container) {
        container.running();
        Map<String, Object> process = process("sed", "-n", "s/^CapBnd:[ \t]*//p", "/proc/self/status");
        process.put("capabilities", object("bounding", List.of("CAP_KILL"), "effective", List.of("CAP_KILL"), "permitted", List.of("CAP_KILL")));
        Expect.equal("0000000000000020", ran(container, process), "the bounding set");
    }

    @Test
    @Tag("managers.exec.user")
    void exec_has_the_user_groups_and_umask_of_its_process(Container container) {
        container.running();
        Map<String, Object> process = process("sh", "-c", "id -u; id -g; id -G; umask; pwd");
        process.put("user", object("uid", 1001, "gid", 1002, "additionalGids", List.of(5001), "umask", 037));
        process.put("cwd", "/tmp");
        Expect.equal("1001\n1002\n1002 5001\n0037\n/tmp", ran(container, process), "user, group, groups, umask and directory");
    }

    @Test
    @Tag("managers.exec.confinement")
    void exec_is_confined_as_the_container_is(Container container) {
        container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls", List.of(object("names", List.of("mkdir", "mkdirat"),
                "action", "SCMP_ACT_ERRNO", "errnoRet", 28)))).running();
        CommandResult answer = container.call("exec", container.id(), "sh", "-c", "mkdir /made 2>&1; sed -n 's/^NoNewPrivs:[ \t]*//p' /proc/self/status");
        Expect.contains(answer.out(), "No space left on device", "what mkdir says");
        Expect.equal("1", answer.out().strip().replaceFirst("(?s).*\n", ""), "NoNewPrivs");
    }

    @Test
    @Tag("managers.exec.cgroup")
    void exec_is_in_the_containers_cgroup(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        container.running();
        CommandResult answer = container.call("exec", container.id(), "cat", "/proc/self/cgroup", "/proc/1/cgroup");
        Expect.succeeds(answer);
        List<String> lines = answer.out().lines().toList();
        Expect.equal(lines.subList(lines.size() / 2, lines.size()), lines.subList(0, lines.size() / 2), "cgroups of exec and of the container");
    }

    @Test
    @Tag("managers.update.applied")
    void update_changes_the_limit_in_the_cgroup(Container container) {
        Expect.needs(container.sandbox().controlled("pids", "/").isPresent(), "no pids controller");
        container.with("/linux/resources/pids", object("limit", 50)).running();
        TestFiles.write(container.sandbox().work().resolve("limits.json"), Json.pretty(object("pids", object("limit", 33))));
        Expect.succeeds(container.call("update", "--resources", container.sandbox().work() + "/limits.json", container.id()));
        String path = container.onHost("sed -n 's/^[0-9]*:pids://p; t; s/^0:://p' /proc/" + container.pid() + "/cgroup | head -1");
        Expect.equal("33", container.onHost("cat /sys/fs/cgroup/pids" + path + "/pids.max /sys/fs/cgroup" + path + "/pids.max 2>/dev/null"), "pids.max");
    }

    private static Map<String, Object> process(String... args) {
        return object("args", List.of(args), "cwd", "/", "env", List.of("PATH=/bin"), "user", object("uid", 0, "gid", 0), "noNewPrivileges", true);
    }

    private static String ran(Container container, Map<String, Object> process) {
        TestFiles.write(container.sandbox().work().resolve("process.json"), Json.pretty(process));
        CommandResult answer = container.call("exec", "--process", container.sandbox().work() + "/process.json", container.id());
        Expect.succeeds(answer);
        return answer.out().strip();
    }
}
