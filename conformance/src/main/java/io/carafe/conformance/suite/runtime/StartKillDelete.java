package io.carafe.conformance.suite.runtime;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StartKillDelete {

    @Test
    @Tag("runtime.start.id")
    void start_without_an_id_is_an_error(Container container) {
        Expect.fails(container.call("start"));
    }

    @Test
    @Tag("runtime.start.not-created")
    void start_of_a_running_or_stopped_container_is_an_error(Container container) {
        container.running();
        Expect.fails(container.start());
        container.kill("KILL");
        container.ended();
        Expect.fails(container.start());
    }

    @Test
    @Tag("runtime.start.not-created.no-effect")
    void start_of_a_running_or_stopped_container_changes_nothing(Container container) {
        container.running();
        long pid = container.pid();
        container.start();
        Expect.equal(pid, container.state().number("/pid"), "pid");
        Expect.equal("running", container.status(), "status");
        container.kill("KILL");
        container.ended().start();
        Expect.equal("stopped", container.state().text("/status"), "status");
    }

    @Test
    @Tag("runtime.start.program")
    void start_runs_the_program_as_process_has_it(Container container) {
        Expect.needsRoot(container);
        TestFiles.directory(container.rootfs().resolve("work"));
        container.args("sh", "-c", "echo \"$0 $1\"; echo $WORD; pwd; id -u; id -g", "first", "second third")
                .with("/process/env", List.of("PATH=/bin", "WORD=a b")).with("/process/cwd", "/work")
                .with("/process/user", object("uid", 12, "gid", 34));
        Expect.equal(List.of("first second third", "a b", "/work", "12", "34"), container.output().lines().toList(), "output");
    }

    @Test
    @Tag("runtime.start.no-process")
    void start_without_process_is_an_error(Container container) {
        Expect.isRefusedOrDoesNotStart(container.without("/process"));
    }

    @Test
    @Tag("runtime.kill.id")
    void kill_without_an_id_is_an_error(Container container) {
        Expect.fails(container.call("kill"));
    }

    @Test
    @Tag("runtime.kill.stopped")
    void kill_of_a_stopped_container_is_an_error(Container container) {
        container.created().started().ended();
        Expect.fails(container.kill("TERM"));
    }

    @Test
    @Tag("runtime.kill.stopped.no-effect")
    void kill_of_a_stopped_container_changes_nothing(Container container) {
        container.created().started().ended();
        String before = container.state().toString();
        container.kill("KILL");
        Expect.equal(before, container.state().toString(), "state");
    }

    @Test
    @Tag("runtime.kill.signal")
    void kill_sends_the_signal(Container container) {
        container.script("trap 'echo usr2 >/got' USR2; echo ready >/ready; while true; do sleep 0.01; done").created().started();
        Path ready = container.rootfs().resolve("ready");
        Expect.eventually(container, () -> Files.exists(ready), "the program is not ready");
        Expect.succeeds(container.kill("USR2"));
        Expect.eventually(container, () -> Files.exists(container.rootfs().resolve("got")), "the signal has not come");
        Expect.equal("running", container.status(), "status");
    }

    @Test
    @Tag("runtime.kill.signal")
    void kill_ends_a_created_container(Container container) {
        container.created();
        Expect.succeeds(container.kill("KILL"));
        container.ended();
        Expect.equal("stopped", container.status(), "status");
    }

    @Test
    @Tag("runtime.delete.id")
    void delete_without_an_id_is_an_error(Container container) {
        Expect.fails(container.call("delete"));
    }

    @Test
    @Tag("runtime.delete.not-stopped")
    void delete_of_a_running_container_is_an_error(Container container) {
        container.running();
        Expect.fails(container.delete());
    }

    @Test
    @Tag("runtime.delete.not-stopped")
    void delete_of_a_created_container_is_an_error(Container container) {
        container.created();
        Expect.fails(container.delete());
    }

    @Test
    @Tag("runtime.delete.not-stopped.no-effect")
    void delete_of_a_running_container_changes_nothing(Container container) {
        container.running();
        long pid = container.pid();
        container.delete();
        Expect.that(container.sandbox().isAlive(pid), "the process has gone");
        Expect.equal("running", container.status(), "status");
    }

    @Test
    @Tag("runtime.delete.not-stopped.no-effect")
    void delete_of_a_created_container_changes_nothing(Container container) {
        container.created();
        long pid = container.pid();
        container.delete();
        Expect.that(container.sandbox().isAlive(pid), "the process has gone");
        Expect.equal("created", container.status(), "status");
    }

    @Test
    @Tag("runtime.delete.resources")
    void delete_removes_cgroups_and_the_state(Container container) {
        container.created().started().ended();
        Expect.succeeds(container.delete());
        Expect.fails(container.query());
        Expect.equal("", container.onHost("find /sys/fs/cgroup -name " + container.id()), "cgroups");
        container.created();
    }

    @Test
    @Tag("runtime.delete.others")
    void delete_leaves_volumes_and_joined_namespaces(Container container) {
        Expect.needsRoot(container);
        TestFiles.write(container.sandbox().work().resolve("volume/file"), "kept");
        String network = container.sandbox().work() + "/network";
        container.onHost("touch " + network + " && unshare --net mount --bind /proc/self/ns/net " + network);
        String namespace = container.onHost("stat -Lc %i " + network);
        container.mount("/volume", "bind", container.sandbox().work() + "/volume", "bind").namespace("network", network)
                .created().started().ended();
        Expect.succeeds(container.delete());
        Expect.equal("kept", container.file("volume/file"), "volume/file");
        Expect.equal(namespace, container.onHost("stat -Lc %i " + network), "the network namespace");
    }

    @Test
    @Tag("runtime.delete.others")
    void delete_leaves_other_containers_and_their_cgroups(Container container) {
        Container other = container.another().running();
        container.created().started().ended();
        Expect.succeeds(container.delete());
        Expect.equal("running", other.status(), "status of the other container");
        Expect.that(other.sandbox().isAlive(other.pid()), "the other container's process has gone");
    }
}
