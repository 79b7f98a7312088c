package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What comes in the way of a start, at a moment that a startContainer hook holds open. */
@ExtendWith(HostUnchanged.class)
class StartIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        Hook hook = new Hook("/bin/sh", List.of("sh", "-c", "touch /hook-runs; while [ ! -e /hook-may-end ]; do usleep 10000; done"),
                Optional.of(List.of("PATH=/bin")), OptionalInt.empty());
        bundle = Bundle.in(directory).writable().args("/bin/sleep", "1000")
                .config(config -> config.withHooks(new Hooks(List.of(), List.of(), List.of(), List.of(hook), List.of(), List.of())));
    }

    private String[] create() {
        return new String[] {"create", "--bundle", bundle.path().toString(), bundle.id()};
    }

    private Process startUntilTheHook() throws InterruptedException {
        Process start = carafe.start("start", bundle.id());
        Stops.awaitFile(bundle.rootfs().resolve("hook-runs"));
        return start;
    }

    @Test
    void of_two_that_start_at_once_one_is_told_of_the_other() throws Exception {
        carafe.call(create()).succeeds();
        Process start = startUntilTheHook();
        assertTrue(carafe.call("start", bundle.id()).fails().contains("cannot start a container that process " + start.pid() + " is starting"));
        Files.createFile(bundle.rootfs().resolve("hook-may-end"));
        carafe.finish(start, "start").succeeds();
        assertTrue(carafe.call("start", bundle.id()).fails().contains("cannot start a container in the running state"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void an_init_that_is_killed_while_start_waits_is_no_success() throws Exception {
        carafe.call(create()).succeeds();
        Process start = startUntilTheHook();
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        assertTrue(carafe.finish(start, "start").fails().contains("the init was killed before it could run the program"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void nor_is_it_for_a_run() throws Exception {
        Process run = carafe.start("run", "--bundle", bundle.path().toString(), bundle.id());
        Stops.awaitFile(bundle.rootfs().resolve("hook-runs"));
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        assertTrue(carafe.finish(run, "run").fails().contains("killed by signal 9"));
        assertEquals("", carafe.call("list", "-q").out());
    }
}
