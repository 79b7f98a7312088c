package io.carafe.conformance.suite.config;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Document;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When hooks are called, in which order, and what they are told. */
class HookTimes {

    /** The pid in the state on stdin, of whatever layout. */
    private static final String PID = "pid=$(tr -d ' \\n\\t' | sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); ";

    @Test
    @Tag("config.hooks.order")
    void hooks_of_one_kind_are_called_in_the_order_of_the_list(Container container) {
        for (String kind : List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            for (int i = 1; i <= 3; i++) {
                container.hook(kind, "echo " + i + " >>" + container.sandbox().work() + "/" + kind);
            }
        }
        for (int i = 1; i <= 3; i++) {
            container.hook("startContainer", "echo " + i + " >>/startContainer");
        }
        container.created().started().ended();
        Expect.succeeds(container.delete());
        for (String kind : List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            Expect.equal("1\n2\n3\n", container.file(kind), "order of " + kind + " hooks");
        }
        Expect.equal("1\n2\n3\n", container.sandbox().read(container.rootfs().resolve("startContainer")), "order of startContainer hooks");
    }

    @Test
    @Tag("config.hooks.state")
    void each_hook_gets_the_state_on_its_stdin(Container container) {
        for (String kind : List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            container.hookWithStdin(kind, "cat >" + container.sandbox().work() + "/" + kind);
        }
        container.hookWithStdin("startContainer", "cat >/startContainer").created().started().ended();
        Expect.succeeds(container.delete());
        for (String kind : List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            isState(container, kind, container.file(kind));
        }
        isState(container, "startContainer", container.sandbox().read(container.rootfs().resolve("startContainer")));
    }

    private static void isState(Container container, String kind, String text) {
        Expect.that(!text.isBlank(), "a " + kind + " hook gets nothing");
        Document state = Document.parse(text);
        Expect.equal(container.id(), state.text("/id"), "id for a " + kind + " hook");
        Expect.equal(container.bundle().toString(), state.text("/bundle"), "bundle for a " + kind + " hook");
        List<String> right = switch (kind) {
            case "startContainer" -> List.of("created");
            case "poststart" -> List.of("running");
            case "poststop" -> List.of("stopped");
            default -> List.of("creating", "created");
        };
        Expect.that(right.contains(state.text("/status")), "status for a " + kind + " hook: expected " + String.join(" or ", right) + ", seen "
                + state.text("/status"));
    }

    @Test
    @Tag("config.hooks.prestart.when")
    void prestart_hooks_are_called_in_create_before_the_root_changes(Container container) {
        isBeforePivot(container, "prestart");
    }

    @Test
    @Tag("config.hooks.createRuntime.when")
    void createRuntime_hooks_are_called_in_create_before_the_root_changes(Container container) {
        isBeforePivot(container, "createRuntime");
    }

    /** The container's process has its namespaces then, and still sees the host's files. */
    private static void isBeforePivot(Container container, String kind) {
        String work = container.sandbox().work().toString();
        container.hookWithStdin(kind, PID + "readlink /proc/$pid/ns/net >" + work + "/network; test -e /proc/$pid/root" + work
                + " && echo before >" + work + "/place; echo >>" + work + "/called").created();
        Expect.equal("\n", container.file("called"), "calls in create");
        Expect.equal(container.onHost("readlink /proc/" + container.pid() + "/ns/net"), container.file("network").strip(),
                "network namespace of the process at the time of the hook");
        Expect.equal("before", container.file("place").strip(), "root of the process at the time of the hook");
    }

    @Test
    @Tag("config.hooks.createContainer.when")
    void createContainer_hooks_are_called_in_create_before_the_root_changes(Container container) {
        String work = container.sandbox().work().toString();
        container.hook("createContainer", "readlink /proc/self/ns/mnt >" + work + "/mounts; test -e " + work + " && echo before >" + work
                + "/place").created();
        Expect.equal("before", container.file("place").strip(), "root at the time of the hook");
        Expect.equal(container.onHost("readlink /proc/" + container.pid() + "/ns/mnt"), container.file("mounts").strip(),
                "mount namespace of the hook");
    }

    @Test
    @Tag("config.hooks.prestart.before-createRuntime")
    void prestart_hooks_are_called_before_createRuntime_hooks(Container container) {
        isInOrder(container, "prestart", "createRuntime");
    }

    @Test
    @Tag("config.hooks.createContainer.after-createRuntime")
    void createContainer_hooks_are_called_after_createRuntime_hooks(Container container) {
        isInOrder(container, "createRuntime", "createContainer");
    }

    private static void isInOrder(Container container, String first, String second) {
        String file = container.sandbox().work() + "/order";
        container.hook(second, "echo " + second + " >>" + file).hook(first, "sleep 0.1; echo " + first + " >>" + file).created();
        Expect.equal(first + "\n" + second + "\n", container.file("order"), "order");
    }

    @Test
    @Tag("config.hooks.startContainer.when")
    void startContainer_hooks_are_called_in_start_before_the_program(Container container) {
        container.hook("startContainer", "sleep 0.1; echo called >>/called").args("cat", "/called").created();
        Expect.that(!Files.exists(container.rootfs().resolve("called")), "the hook has been called in create");
        container.started().ended();
        Expect.equal("called", container.observed("output", container.outputSoFar()).strip(), "what the program finds of the hook");
    }

    @Test
    @Tag("config.hooks.poststart.when")
    void poststart_hooks_are_called_when_the_program_runs_before_start_returns(Container container) {
        String work = container.sandbox().work().toString();
        container.hookWithStdin("poststart", PID + "tr '\\0' ' ' </proc/$pid/cmdline >" + work + "/program; sleep 0.2; echo >" + work
                + "/called").args("sleep", "1000").created();
        Expect.equal("", container.file("program"), "the hook in create");
        container.started();
        Expect.that(Files.exists(container.sandbox().work().resolve("called")), "start has returned before the hook's end");
        Expect.equal("sleep 1000", container.file("program").strip(), "the process at the time of the hook");
    }

    @Test
    @Tag("config.hooks.poststop.when")
    void poststop_hooks_are_called_when_the_container_is_gone_before_delete_returns(Container container) {
        String work = container.sandbox().work().toString();
        container.hook("poststop", "find /sys/fs/cgroup -name " + container.id() + " >" + work + "/cgroups; sleep 0.2; echo >" + work
                + "/called").created().started().ended();
        Expect.that(!Files.exists(container.sandbox().work().resolve("cgroups")), "the hook has been called before delete");
        Expect.succeeds(container.delete());
        Expect.that(Files.exists(container.sandbox().work().resolve("called")), "delete has returned before the hook's end");
        Expect.equal("", container.file("cgroups").strip(), "cgroups at the time of the hook");
    }
}
