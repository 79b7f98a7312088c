package io.carafe.conformance.suite.runtime;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same for an ordinary user, whose container has a user namespace with the one id that it may map. */
class UnprivilegedUser {

    @Test
    @Tag("runtime.operations")
    @Tag("runtime.scope.operations")
    void all_five_operations_work_for_an_ordinary_user(Container container) {
        container.asUnprivilegedUser().args("sleep", "1000");
        Expect.succeeds(container.create());
        Expect.succeeds(container.query());
        Expect.succeeds(container.start());
        Expect.succeeds(container.kill("KILL"));
        container.ended();
        Expect.succeeds(container.delete());
        Expect.fails(container.query());
    }

    @Test
    @Tag("runtime.lifecycle.program")
    void start_leads_to_the_program_of_an_ordinary_user(Container container) {
        Expect.equal("0", container.asUnprivilegedUser().args("id", "-u").output().strip(), "uid in the container");
    }

    @Test
    @Tag("runtime.lifecycle.program-waits")
    void an_ordinary_users_program_does_not_run_before_start(Container container) {
        container.asUnprivilegedUser().script("echo ran >/ran").created();
        container.onHost("sleep 0.2");
        Expect.that(!Files.exists(container.rootfs().resolve("ran")), "the program has run before start");
        container.started().ended();
        Expect.that(Files.exists(container.rootfs().resolve("ran")), "the program has not run after start either");
    }

    @Test
    @Tag("config.root.readonly")
    void an_ordinary_users_readonly_root_cannot_be_written_to(Container container) {
        Expect.contains(container.asUnprivilegedUser().with("/root/readonly", true).script("touch /x 2>&1; true").output(),
                "Read-only file system", "what touch says");
    }

    @Test
    @Tag("runtime.lifecycle.createContainer")
    void an_ordinary_users_hooks_are_called(Container container) {
        container.asUnprivilegedUser().hook("createContainer", "echo called >" + container.rootfs() + "/called").output();
        Expect.that(Files.exists(container.rootfs().resolve("called")), "the hook has not been called");
    }

    @Test
    @Tag("runtime.delete.not-stopped")
    void an_ordinary_users_running_container_is_not_deleted(Container container) {
        container.asUnprivilegedUser().running();
        Expect.fails(container.delete());
    }

    @Test
    @Tag("config-linux.default-devices.null")
    void an_ordinary_users_container_has_dev_null(Container container) {
        Expect.equal("character special file 1:3", container.asUnprivilegedUser().args("stat", "-c", "%F %t:%T", "/dev/null").output().strip(),
                "/dev/null");
    }
}
