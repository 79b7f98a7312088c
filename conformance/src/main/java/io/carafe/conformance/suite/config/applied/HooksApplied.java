package io.carafe.conformance.suite.config.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Arguments, environment and time of hooks. */
class HooksApplied {

    @Test
    @Tag("config.hooks.prestart.applied")
    void prestart_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "prestart");
    }

    @Test
    @Tag("config.hooks.createRuntime.applied")
    void createRuntime_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "createRuntime");
    }

    @Test
    @Tag("config.hooks.createContainer.applied")
    void createContainer_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "createContainer");
    }

    @Test
    @Tag("config.hooks.startContainer.applied")
    void startContainer_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "startContainer");
    }

    @Test
    @Tag("config.hooks.poststart.applied")
    void poststart_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "poststart");
    }

    @Test
    @Tag("config.hooks.poststop.applied")
    void poststop_hooks_have_their_arguments_and_environment(Container container) {
        isCalledWith(container, "poststop");
    }

    private static void isCalledWith(Container container, String kind) {
        Path seen = place(container, kind, "seen");
        container.with("/hooks/" + kind + "/-", object("path", "/bin/sh", "args", List.of("sh", "-c",
                "cat >/dev/null; echo \"$0 $1 [$HOOK] [$CALLERS]\" >" + name(container, kind, "seen"), "zero", "one two"),
                "env", List.of("PATH=/usr/bin:/bin", "HOOK=a value")));
        container.environment("CALLERS", "of the caller").created().started().ended();
        Expect.succeeds(container.delete());
        Expect.equal("zero one two [a value] []", container.observed("the hook", container.sandbox().read(seen)).strip(),
                "arguments and environment of the hook");
    }

    @Test
    @Tag("config.hooks.prestart.timeout.applied")
    void a_prestart_hook_ends_with_its_time(Container container) {
        isEnded(container, "prestart");
    }

    @Test
    @Tag("config.hooks.createRuntime.timeout.applied")
    void a_createRuntime_hook_ends_with_its_time(Container container) {
        isEnded(container, "createRuntime");
    }

    @Test
    @Tag("config.hooks.createContainer.timeout.applied")
    void a_createContainer_hook_ends_with_its_time(Container container) {
        isEnded(container, "createContainer");
    }

    @Test
    @Tag("config.hooks.startContainer.timeout.applied")
    void a_startContainer_hook_ends_with_its_time(Container container) {
        isEnded(container, "startContainer");
    }

    @Test
    @Tag("config.hooks.poststart.timeout.applied")
    void a_poststart_hook_ends_with_its_time(Container container) {
        isEnded(container, "poststart");
    }

    @Test
    @Tag("config.hooks.poststop.timeout.applied")
    void a_poststop_hook_ends_with_its_time(Container container) {
        isEnded(container, "poststop");
    }

    /** A hook that would go on far beyond its time, and leaves a file if it does. */
    private static void isEnded(Container container, String kind) {
        Path begun = place(container, kind, "begun");
        Path survived = place(container, kind, "survived");
        container.with("/hooks/" + kind + "/-", object("path", "/bin/sh", "args", List.of("sh", "-c", "cat >/dev/null; echo >"
                + name(container, kind, "begun") + "; sleep 8; echo >" + name(container, kind, "survived")), "env",
                List.of("PATH=/usr/bin:/bin"), "timeout", 1));
        boolean ran = container.create().succeeded() && container.start().succeeded();
        if (ran) {
            container.ended().delete();
        }
        Expect.that(Files.exists(begun), "the hook has not been called");
        Expect.that(!Files.exists(survived), "the hook went on beyond its time");
        Expect.that(!ran || kind.equals("poststop"), "a hook whose time was over is no error");
    }

    private static Path place(Container container, String kind, String file) {
        return kind.equals("startContainer") ? container.rootfs().resolve(file) : container.sandbox().work().resolve(file);
    }

    private static String name(Container container, String kind, String file) {
        return kind.equals("startContainer") ? "/" + file : place(container, kind, file).toString();
    }
}
