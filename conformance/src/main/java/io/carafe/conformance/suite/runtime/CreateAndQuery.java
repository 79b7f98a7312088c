package io.carafe.conformance.suite.runtime;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CreateAndQuery {

    @Test
    @Tag("runtime.query.id")
    void state_without_an_id_is_an_error(Container container) {
        Expect.fails(container.call("state"));
    }

    @Test
    @Tag("runtime.query.unknown")
    void state_of_an_unknown_container_is_an_error(Container container) {
        Expect.fails(container.query());
    }

    @Test
    @Tag("runtime.query.state")
    void state_is_that_of_the_container_asked_for(Container container) {
        Container other = container.another().created();
        container.running();
        Expect.equal(other.id(), other.state().text("/id"), "id");
        Expect.equal("created", other.state().text("/status"), "status");
        Expect.equal(container.id(), container.state().text("/id"), "id");
        Expect.equal("running", container.state().text("/status"), "status");
    }

    @Test
    @Tag("runtime.create.arguments")
    void create_without_an_id_is_an_error(Container container) {
        container.write();
        Expect.fails(container.call("create", "--bundle", container.bundle().toString()));
        inBundle(container);
        Expect.fails(container.call("create"));
    }

    @Test
    @Tag("runtime.create.arguments.bundle")
    void create_without_a_bundle_is_an_error(Container container) {
        container.write();
        inBundle(container);
        Expect.fails(container.call("create", container.id()));
        Expect.isAbsent(container);
    }

    /** The working directory is a good bundle, so that nothing else is wrong. */
    private static void inBundle(Container container) {
        container.behind("/bin/sh", "-c", "cd " + container.bundle() + " && exec \"$@\"", "sh");
    }

    @Test
    @Tag("runtime.create.id-in-use")
    void create_with_an_id_in_use_is_an_error(Container container) {
        container.created();
        Expect.fails(container.create());
    }

    @Test
    @Tag("runtime.create.id-in-use.nothing-new")
    void create_with_an_id_in_use_leaves_the_first_container_alone(Container container) {
        container.args("sleep", "1000").created();
        long pid = container.pid();
        container.create();
        Expect.equal(pid, container.state().number("/pid"), "pid");
        Expect.that(container.sandbox().isAlive(pid), "the first container's process has gone");
        container.started();
        Expect.equal("running", container.status(), "status");
    }

    @Test
    @Tag("runtime.create.id-invalid")
    void create_with_an_invalid_id_is_an_error(Container container) {
        container.write();
        for (String id : List.of("", "..", "a/b", "../conformance-escape")) {
            Expect.fails(container.call("create", "--bundle", container.bundle().toString(), id));
        }
        Expect.that(!Files.exists(container.root().resolveSibling("conformance-escape")), "an id has left the directory of states");
    }

    @Test
    @Tag("runtime.create.new")
    void create_makes_a_container(Container container) {
        Expect.fails(container.query());
        container.created();
        Expect.equal("created", container.state().text("/status"), "status");
        Expect.that(container.sandbox().isAlive(container.pid()), "no process");
    }

    @Test
    @Tag("runtime.create.applied")
    void create_applies_all_outside_of_process(Container container) {
        TestFiles.directory(container.rootfs().resolve("masked"));
        TestFiles.directory(container.rootfs().resolve("readonly"));
        container.with("/root/readonly", true).with("/linux/maskedPaths", List.of("/masked"))
                .with("/linux/readonlyPaths", List.of("/readonly")).with("/linux/sysctl", object("net.ipv4.ip_default_ttl", "77")).created();
        String mounts = container.proc("mountinfo");
        Expect.that(mounts.lines().anyMatch(line -> line.matches("\\S+ \\S+ \\S+ \\S+ / ro.*")), "the root is not read-only");
        Expect.contains(mounts, " /masked ", "the mounts");
        Expect.that(mounts.lines().anyMatch(line -> line.matches("\\S+ \\S+ \\S+ \\S+ /readonly ro.*")), "/readonly is not read-only");
        String into = "nsenter -t " + container.pid();
        Expect.equal("77", container.onHost(into + " -n cat /proc/sys/net/ipv4/ip_default_ttl"), "net.ipv4.ip_default_ttl");
        Expect.equal("conformance", container.onHost(into + " -u hostname"), "host name");
    }

    @Test
    @Tag("runtime.create.args-wait")
    void args_are_left_alone_until_start(Container container) {
        container.args("sleep", "1000").created();
        Expect.lacks(container.proc("cmdline"), "1000", "the command line of the process");
        container.started();
        String file = "/proc/" + container.pid() + "/cmdline";
        Expect.eventually(container, () -> container.sandbox().read(container.sandbox().inside(file)).contains("1000"),
                "the program does not run after start");
    }

    @Test
    @Tag("runtime.create.unable")
    void a_property_that_cannot_be_applied_is_an_error(Container container) {
        Expect.fails(container.namespace("network", "/proc/self/ns/none").create());
    }

    @Test
    @Tag("runtime.create.unable.nothing-new")
    void when_a_property_cannot_be_applied_there_is_no_container(Container container) {
        container.with("/linux/sysctl", object("net.ipv4.no_such_key", "1")).create();
        Expect.isAbsent(container);
    }
}
