package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A paused container stands still, and says so everywhere. */
@Tag("guest")
@Tag("driver")
@ExtendWith(HostUnchanged.class)
class PauseIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Running container;

    @BeforeEach
    void counting() {
        carafe = Carafe.in(directory.resolve("root"));
        Bundle bundle = Bundle.in(directory).writable().script("while :; do echo x >> /tmp/n; usleep 1000; done");
        container = Running.of(carafe, bundle);
        Running.await(() -> Files.exists(bundle.rootfs().resolve("tmp/n")));
    }

    @AfterEach
    void deleted() {
        container.delete();
    }

    private long count() {
        return container.bundle().rootfs().resolve("tmp/n").toFile().length();
    }

    @Test
    void a_paused_process_does_not_progress_and_a_resumed_one_does() {
        container.call("pause").succeeds();
        long count = count();
        assertEquals("paused", container.status());
        assertEquals(count, count());
        container.call("resume").succeeds();
        Running.await(() -> count() > count);
        assertTrue(count() > count);
        assertEquals("running", container.status());
    }

    @Test
    void its_status_is_paused_wherever_it_is_told() {
        container.call("pause").succeeds();
        container.call("pause").succeeds();
        assertEquals("paused", container.status());
        assertTrue(carafe.call("list").succeeds().out().contains("paused"));
        assertTrue(container.call("delete").fails().contains("not stopped: paused"));
        assertTrue(container.call("exec", "/bin/true").failsWith(255).contains("paused container"));
        assertTrue(container.call("start").fails().contains("in the paused state"));
    }

    @Test
    void a_paused_container_can_be_killed() {
        container.call("pause").succeeds();
        container.call("kill", "KILL").succeeds();
        container.awaitStatus("stopped");
        assertTrue(container.call("pause").fails().contains("container not running"));
        assertTrue(container.call("resume").fails().contains("container not paused"));
    }

    @Test
    void a_paused_container_can_be_deleted_by_force() {
        container.call("pause").succeeds();
        container.delete();
        assertTrue(container.call("state").fails().contains("does not exist"));
    }

    @Test
    void a_signal_to_all_leaves_it_paused_and_arrives_when_it_goes_on() {
        container.call("pause").succeeds();
        container.call("kill", "--all", "USR1").succeeds();
        assertEquals("paused", container.status());
        container.call("resume").succeeds();
        assertEquals("running", container.status());
    }

    @Test
    void what_runs_is_not_resumed() {
        assertTrue(container.call("resume").fails().contains("container not paused"));
    }

    @Test
    void a_created_container_can_be_paused_and_then_started() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Running created = new Running(carafe, bundle);
        created.call("pause").succeeds();
        assertEquals("paused", created.status());
        assertTrue(created.call("start").fails().contains("in the paused state"));
        created.call("resume").succeeds();
        assertEquals("created", created.status());
        created.call("start").succeeds();
        assertEquals("running", created.status());
        created.delete();
    }
}
