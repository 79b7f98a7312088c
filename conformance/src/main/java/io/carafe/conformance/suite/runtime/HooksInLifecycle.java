package io.carafe.conformance.suite.runtime;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That hooks are called, and what follows when one fails. */
class HooksInLifecycle {

    @Test
    @Tag("runtime.lifecycle.prestart")
    void prestart_hooks_are_called(Container container) {
        isCalled(container, "prestart");
    }

    @Test
    @Tag("runtime.lifecycle.createRuntime")
    void createRuntime_hooks_are_called(Container container) {
        isCalled(container, "createRuntime");
    }

    @Test
    @Tag("runtime.lifecycle.createContainer")
    void createContainer_hooks_are_called(Container container) {
        isCalled(container, "createContainer");
    }

    @Test
    @Tag("runtime.lifecycle.startContainer")
    void startContainer_hooks_are_called(Container container) {
        container.hook("startContainer", "echo called >/called").output();
        Expect.that(Files.exists(container.rootfs().resolve("called")), "the startContainer hook has not been called");
    }

    @Test
    @Tag("runtime.lifecycle.poststart")
    void poststart_hooks_are_called(Container container) {
        isCalled(container, "poststart");
    }

    @Test
    @Tag("runtime.lifecycle.poststop")
    void poststop_hooks_are_called(Container container) {
        isCalled(container, "poststop");
    }

    private static void isCalled(Container container, String kind) {
        container.hook(kind, "echo " + kind + " >>" + container.sandbox().work() + "/called").output();
        Expect.succeeds(container.delete());
        Expect.equal(kind, container.file("called").strip(), "calls");
    }

    @Test
    @Tag("runtime.lifecycle.poststop.failure")
    void after_a_failed_poststop_hook_the_next_runs_and_the_container_is_gone(Container container) {
        container.hook("poststop", "exit 1").hook("poststop", "echo second >" + container.sandbox().work() + "/called").output();
        Expect.succeeds(container.delete());
        Expect.equal("second", container.file("called").strip(), "calls");
        Expect.fails(container.query());
    }

    @Test
    @Tag("runtime.lifecycle.prestart.failure")
    void a_failed_prestart_hook_ends_the_container(Container container) {
        endsCreate(container, "prestart");
    }

    @Test
    @Tag("runtime.lifecycle.createRuntime.failure")
    void a_failed_createRuntime_hook_ends_the_container(Container container) {
        endsCreate(container, "createRuntime");
    }

    @Test
    @Tag("runtime.lifecycle.createContainer.failure")
    void a_failed_createContainer_hook_ends_the_container(Container container) {
        endsCreate(container, "createContainer");
    }

    private static void endsCreate(Container container, String kind) {
        Expect.fails(container.hook(kind, "exit 1").create());
        Expect.isAbsent(container);
        Expect.equal("", container.onHost("find /sys/fs/cgroup -name " + container.id()), "cgroups");
    }

    @Test
    @Tag("runtime.lifecycle.prestart.failure")
    void after_a_failed_prestart_hook_poststop_hooks_are_called(Container container) {
        leadsToPoststop(container, "prestart");
    }

    @Test
    @Tag("runtime.lifecycle.createRuntime.failure")
    void after_a_failed_createRuntime_hook_poststop_hooks_are_called(Container container) {
        leadsToPoststop(container, "createRuntime");
    }

    @Test
    @Tag("runtime.lifecycle.createContainer.failure")
    void after_a_failed_createContainer_hook_poststop_hooks_are_called(Container container) {
        leadsToPoststop(container, "createContainer");
    }

    private static void leadsToPoststop(Container container, String kind) {
        container.hook(kind, "exit 1").hook("poststop", "echo poststop >>" + container.sandbox().work() + "/called");
        Expect.fails(container.create());
        Expect.equal("poststop", container.file("called").strip(), "calls");
    }

    @Test
    @Tag("runtime.lifecycle.startContainer.failure")
    void a_failed_startContainer_hook_ends_the_container(Container container) {
        container.hook("startContainer", "exit 1").script("echo ran >/ran").created();
        long pid = container.pid();
        Expect.fails(container.start());
        Expect.eventually(container, () -> !container.sandbox().isAlive(pid), "the container's process is still there");
        Expect.that(!Files.exists(container.rootfs().resolve("ran")), "the program has run");
    }

    @Test
    @Tag("runtime.lifecycle.poststart.failure")
    void a_failed_poststart_hook_ends_the_container(Container container) {
        container.hook("poststart", "exit 1").args("sleep", "1000").created();
        long pid = container.pid();
        Expect.fails(container.start());
        Expect.eventually(container, () -> !container.sandbox().isAlive(pid), "the container's process is still there");
    }

    @Test
    @Tag("runtime.lifecycle.startContainer.failure")
    void after_a_failed_startContainer_hook_the_container_is_destroyed(Container container) {
        isDestroyedByStart(container, "startContainer");
    }

    @Test
    @Tag("runtime.lifecycle.poststart.failure")
    void after_a_failed_poststart_hook_the_container_is_destroyed(Container container) {
        isDestroyedByStart(container, "poststart");
    }

    /** The lifecycle goes on at step 12, the destruction, and 13, the poststop hooks, without a delete. */
    private static void isDestroyedByStart(Container container, String kind) {
        container.hook(kind, "exit 1").hook("poststop", "echo poststop >>" + container.sandbox().work() + "/called")
                .args("sleep", "1000").created();
        Expect.fails(container.start());
        CommandResult state = container.query();
        Expect.that(state.failed(), "the container still exists: " + state.out().strip().replaceAll("\\s+", " "));
        Expect.equal("poststop", container.file("called").strip(), "calls");
    }
}
