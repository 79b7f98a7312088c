package io.carafe.conformance.suite.runtime;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Lifecycle {

    @Test
    @Tag("runtime.scope.operations")
    @Tag("runtime.operations")
    void all_five_operations_work_on_a_container(Container container) {
        container.args("sleep", "1000");
        Expect.succeeds(container.create());
        Expect.succeeds(container.query());
        Expect.succeeds(container.start());
        Expect.succeeds(container.kill("KILL"));
        container.ended();
        Expect.succeeds(container.delete());
        Expect.fails(container.query());
    }

    @Test
    @Tag("runtime.lifecycle.environment")
    void create_makes_the_environment(Container container) {
        container.created();
        String pid = Long.toString(container.pid());
        for (String namespace : List.of("mnt", "uts", "ipc", "net", "pid")) {
            Expect.that(!container.onHost("readlink /proc/self/ns/" + namespace)
                    .equals(container.onHost("readlink /proc/" + pid + "/ns/" + namespace)), "no new " + namespace + " namespace");
        }
        Expect.equal("conformance", container.onHost("nsenter -t " + pid + " -u hostname"), "host name");
    }

    @Test
    @Tag("runtime.lifecycle.environment.error")
    void an_environment_that_cannot_be_made_is_an_error(Container container) {
        Expect.fails(container.mount("/mnt", "nosuchfilesystem", "none").create());
    }

    @Test
    @Tag("runtime.lifecycle.resources")
    void what_config_json_asks_for_is_there_when_create_returns(Container container) {
        Expect.needsRoot(container);
        container.mount("/scratch", "tmpfs", "tmpfs")
                .with("/linux/devices/-", object("path", "/dev/conformance", "type", "c", "major", 1, "minor", 3)).created();
        Expect.contains(container.proc("mountinfo"), " /scratch ", "the mounts");
        Expect.that(Files.exists(container.inside("/dev/conformance"), LinkOption.NOFOLLOW_LINKS), "no device /dev/conformance");
    }

    @Test
    @Tag("runtime.lifecycle.program-waits")
    void the_program_does_not_run_before_start(Container container) {
        container.script("echo ran >/ran").created();
        container.onHost("sleep 0.2");
        Expect.that(!Files.exists(container.rootfs().resolve("ran")), "the program has run before start");
        Expect.equal("created", container.status(), "status");
        container.started().ended();
        Expect.that(Files.exists(container.rootfs().resolve("ran")), "the program has not run after start either");
    }

    @Test
    @Tag("runtime.lifecycle.config-is-read-once")
    void a_change_of_config_json_after_create_changes_nothing(Container container) {
        container.script("hostname").created();
        container.script("echo changed").with("/hostname", "changed").write();
        container.started().ended();
        Expect.equal("conformance", container.observed("output", container.outputSoFar()).strip(), "output");
    }

    @Test
    @Tag("runtime.lifecycle.program")
    void start_leads_to_the_program(Container container) {
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("runtime.lifecycle.destruction")
    void delete_takes_back_what_create_has_made(Container container) {
        String before = container.onHost("cat /proc/self/mountinfo");
        container.created().started().ended();
        Expect.succeeds(container.delete());
        Expect.fails(container.query());
        Expect.equal(before, container.onHost("cat /proc/self/mountinfo"), "mounts of the host");
        Expect.equal("", container.onHost("find /sys/fs/cgroup -name " + container.id()), "cgroups");
        Expect.equal("", container.onHost("find " + container.root() + " -name '" + container.id() + "*'"), "state");
    }

    @Test
    @Tag("runtime.errors.nothing-left")
    void a_failed_create_leaves_nothing(Container container) {
        String mounts = container.onHost("cat /proc/self/mountinfo");
        String processes = processes(container);
        Expect.fails(container.with("/linux/sysctl", object("net.ipv4.no_such_key", "1")).create());
        Expect.isAbsent(container);
        Expect.equal("", container.onHost("find /sys/fs/cgroup -name " + container.id()), "cgroups");
        Expect.equal("", container.onHost("find " + container.root() + " -name '" + container.id() + "*'"), "state");
        Expect.equal(mounts, container.onHost("cat /proc/self/mountinfo"), "mounts of the host");
        Expect.eventually(container, () -> processes(container).equals(processes), "processes are left: " + processes(container));
        container.without("/linux/sysctl").created();
    }

    private static String processes(Container container) {
        return container.sandbox().sh("for p in /proc/[0-9]*; do grep -qs . $p/cmdline && cat $p/comm; done | sort | uniq -c").out();
    }

    @Test
    @Tag("runtime.warnings.go-on")
    void an_operation_that_warns_goes_on(Container container) {
        container.hook("poststop", "exit 3").created().started().ended();
        Expect.succeeds(container.delete());
        Expect.fails(container.query());
    }
}
