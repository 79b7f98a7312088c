package io.carafe.conformance.suite.config;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a hook is: its path, its timeout, its namespaces. */
class HookEntries {

    @Test
    @Tag("config.hooks.prestart.path.absolute")
    void a_relative_path_of_a_prestart_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/prestart/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.prestart.timeout")
    void a_timeout_of_0_of_a_prestart_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/prestart/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.prestart.path.namespace")
    void the_path_of_a_prestart_hook_is_the_runtimes(Container container) {
        isFoundOnHost(container, "prestart");
    }

    @Test
    @Tag("config.hooks.prestart.namespace")
    void prestart_hooks_run_in_the_runtimes_namespaces(Container container) {
        isOnHost(container, "prestart");
    }

    @Test
    @Tag("config.hooks.createRuntime.path.absolute")
    void a_relative_path_of_a_createRuntime_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/createRuntime/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.createRuntime.timeout")
    void a_timeout_of_0_of_a_createRuntime_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/createRuntime/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.createRuntime.path.namespace")
    void the_path_of_a_createRuntime_hook_is_the_runtimes(Container container) {
        isFoundOnHost(container, "createRuntime");
    }

    @Test
    @Tag("config.hooks.createRuntime.namespace")
    void createRuntime_hooks_run_in_the_runtimes_namespaces(Container container) {
        isOnHost(container, "createRuntime");
    }

    @Test
    @Tag("config.hooks.createContainer.path.absolute")
    void a_relative_path_of_a_createContainer_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/createContainer/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.createContainer.timeout")
    void a_timeout_of_0_of_a_createContainer_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/createContainer/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.createContainer.path.namespace")
    void the_path_of_a_createContainer_hook_is_the_runtimes(Container container) {
        isFoundOnHost(container, "createContainer");
    }

    @Test
    @Tag("config.hooks.createContainer.namespace")
    void createContainer_hooks_run_in_the_containers_namespaces(Container container) {
        isInContainer(container, "createContainer");
    }

    @Test
    @Tag("config.hooks.startContainer.path.absolute")
    void a_relative_path_of_a_startContainer_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/startContainer/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.startContainer.timeout")
    void a_timeout_of_0_of_a_startContainer_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/startContainer/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.startContainer.path.namespace")
    void the_path_of_a_startContainer_hook_is_the_containers(Container container) {
        isFoundInContainer(container, "startContainer");
    }

    @Test
    @Tag("config.hooks.startContainer.namespace")
    void startContainer_hooks_run_in_the_containers_namespaces(Container container) {
        isInContainer(container, "startContainer");
    }

    @Test
    @Tag("config.hooks.poststart.path.absolute")
    void a_relative_path_of_a_poststart_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/poststart/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.poststart.timeout")
    void a_timeout_of_0_of_a_poststart_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/poststart/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.poststart.path.namespace")
    void the_path_of_a_poststart_hook_is_the_runtimes(Container container) {
        isFoundOnHost(container, "poststart");
    }

    @Test
    @Tag("config.hooks.poststart.namespace")
    void poststart_hooks_run_in_the_runtimes_namespaces(Container container) {
        isOnHost(container, "poststart");
    }

    @Test
    @Tag("config.hooks.poststop.path.absolute")
    void a_relative_path_of_a_poststop_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/poststop/-", reading("bin/sh", 100)));
    }

    @Test
    @Tag("config.hooks.poststop.timeout")
    void a_timeout_of_0_of_a_poststop_hook_is_an_error(Container container) {
        isAnError(container.with("/hooks/poststop/-", reading("/bin/sh", 0)));
    }

    @Test
    @Tag("config.hooks.poststop.path.namespace")
    void the_path_of_a_poststop_hook_is_the_runtimes(Container container) {
        isFoundOnHost(container, "poststop");
    }

    @Test
    @Tag("config.hooks.poststop.namespace")
    void poststop_hooks_run_in_the_runtimes_namespaces(Container container) {
        isOnHost(container, "poststop");
    }

    /** An entry of a program that reads its stdin, so that what fails is not the runtime's writing to it. */
    private static Map<String, Object> reading(String path, int timeout) {
        return object("path", path, "args", List.of("sh", "-c", "cat >/dev/null"), "timeout", timeout);
    }

    private static void isAnError(Container container) {
        if (container.create().succeeded() && container.start().succeeded()) {
            container.ended();
            Expect.fails(container.delete());
        }
    }

    /** A program that is outside of the root. */
    private static void isFoundOnHost(Container container, String kind) {
        String program = container.sandbox().work() + "/hook";
        TestFiles.program(container.sandbox().work().resolve("hook"), "#!/bin/sh\ncat >/dev/null\necho called >>" + container.sandbox().work()
                + "/called\n");
        container.with("/hooks/" + kind + "/-", object("path", program)).created().started().ended();
        Expect.succeeds(container.delete());
        Expect.equal("called", container.file("called").strip(), "calls");
    }

    private static void isFoundInContainer(Container container, String kind) {
        TestFiles.program(container.rootfs().resolve("hook"), "#!/bin/sh\ncat >/dev/null\necho called >/called\n");
        container.with("/hooks/" + kind + "/-", object("path", "/hook")).created().started().ended();
        Expect.that(Files.exists(container.rootfs().resolve("called")), "the hook has not been called");
    }

    private static final String NAMESPACES = "for n in mnt net uts ipc; do readlink /proc/self/ns/$n; done";

    private static void isOnHost(Container container, String kind) {
        container.hook(kind, NAMESPACES + " >" + container.sandbox().work() + "/namespaces").created().started().ended();
        Expect.succeeds(container.delete());
        Expect.equal(container.onHost(NAMESPACES), container.file("namespaces").strip(), "namespaces of the hook");
    }

    private static void isInContainer(Container container, String kind) {
        String file = kind.equals("startContainer") ? "/namespaces" : container.sandbox().work() + "/namespaces";
        container.args("sleep", "1000").hook(kind, NAMESPACES + " >" + file).created().started();
        String process = container.onHost(NAMESPACES.replace("self", Long.toString(container.pid())));
        String hook = container.sandbox().read(kind.equals("startContainer") ? container.rootfs().resolve("namespaces")
                : container.sandbox().work().resolve("namespaces"));
        Expect.equal(List.of(process.split("\n")), List.of(hook.split("\n")), "namespaces of the hook");
    }
}
