package io.carafe.runtime.binary.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.resources.Running;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A container becomes files, and a container again that goes on where it was. */
@Tag("guest")
@Tag("driver")
@Tag("kernel")
@ExtendWith(HostUnchanged.class)
class CheckpointIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Checkpointed container;

    @BeforeEach
    void criu() {
        carafe = Carafe.in(directory.resolve("root"));
        container = Checkpointed.in(directory, carafe);
        Checkpointed.requireCriu();
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", container.bundle().id()).succeeds();
    }

    private boolean isThere() {
        return carafe.call("list", "--quiet").succeeds().out().contains(container.bundle().id());
    }

    @Test
    void a_restored_container_goes_on_where_it_was() {
        container.run();
        container.checkpoint().succeeds();
        assertFalse(isThere(), "it is deleted when it is saved");
        int count = container.count();
        Path pidFile = directory.resolve("pid");
        container.restore("--pid-file", pidFile.toString()).succeeds();
        container.goesOnFrom(count);
        Running restored = new Running(carafe, container.bundle());
        assertEquals("running", restored.status());
        assertEquals(Integer.toString(restored.pid()), Running.text(pidFile));
    }

    @Test
    void a_restored_container_is_one_as_any() {
        container.run();
        container.checkpoint().succeeds();
        container.restore().succeeds();
        Running restored = new Running(carafe, container.bundle());
        assertEquals("1", restored.call("exec", "/bin/sh", "-c", "readlink /proc/self/ns/pid >/dev/null; cat /proc/1/stat | head -c 1").succeeds().out().strip());
        assertTrue(carafe.call("ps", restored.id()).succeeds().out().contains("sh"));
        restored.call("pause").succeeds();
        assertEquals("paused", restored.status());
        int still = container.count();
        restored.call("resume").succeeds();
        container.goesOnFrom(still);
        assertTrue(carafe.call("events", "--stats", restored.id()).succeeds().out().contains("\"pids\""));
        restored.call("kill", "KILL").succeeds();
        restored.awaitStatus("stopped");
        restored.call("delete").succeeds();
        assertFalse(isThere());
    }

    @Test
    void it_may_run_on_after_its_checkpoint() {
        Running running = container.run();
        int pid = running.pid();
        container.checkpoint("--leave-running").succeeds();
        container.goesOnFrom(container.count());
        assertEquals(pid, running.pid());
        assertEquals("running", running.status());
    }

    @Test
    void a_paused_container_is_saved_and_stays_paused() {
        Running running = container.run();
        running.call("pause").succeeds();
        container.checkpoint("--leave-running").succeeds();
        assertEquals("paused", running.status());
        running.call("resume").succeeds();
        container.goesOnFrom(container.count());
    }

    @Test
    void memory_is_saved_beforehand_and_then_what_has_changed() throws IOException {
        Running running = container.run();
        Path before = directory.resolve("before");
        carafe.call("checkpoint", "--pre-dump", "--image-path", before.toString(), running.id()).succeeds();
        assertEquals("running", running.status());
        container.goesOnFrom(container.count());
        container.checkpoint("--parent-path", "../before").succeeds();
        assertEquals(Path.of("../before"), Files.readSymbolicLink(container.images().resolve("parent")));
        int count = container.count();
        container.restore().succeeds();
        container.goesOnFrom(count);
    }

    @Test
    void its_log_goes_where_it_is_to() {
        container.run();
        Path work = directory.resolve("work/of/criu");
        container.checkpoint("--work-path", work.toString()).succeeds();
        assertTrue(Files.exists(work.resolve("dump.log")));
        container.restore("--work-path", work.toString()).succeeds();
        assertTrue(Files.exists(work.resolve("restore.log")));
        container.goesOnFrom(3);
    }

    @Test
    void hooks_run_in_their_moments() throws IOException {
        Path log = directory.resolve("log");
        container.bundle().config(config -> config.withHooks(new Hooks(List.of(hook("prestart", log)), List.of(hook("createRuntime", log)), List.of(),
                List.of(), List.of(hook("poststart", log)), List.of(hook("poststop", log)))));
        container.run();
        container.checkpoint().succeeds();
        assertEquals(List.of("prestart", "createRuntime", "poststart", "poststop"), Files.readAllLines(log));
        Files.delete(log);
        container.restore().succeeds();
        assertEquals(List.of("prestart", "createRuntime", "poststart"), Files.readAllLines(log));
        carafe.call("delete", "--force", container.bundle().id()).succeeds();
        assertEquals(List.of("prestart", "createRuntime", "poststart", "poststop"), Files.readAllLines(log));
    }

    private static Hook hook(String name, Path log) {
        return new Hook("/bin/sh", List.of("sh", "-c", "echo " + name + " >> " + log), Optional.empty(), OptionalInt.empty());
    }

    @Test
    void the_place_of_a_volume_is_made_where_another_root_lacks_it() throws IOException {
        container.run();
        container.checkpoint().succeeds();
        Files.delete(container.bundle().rootfs().resolve("data"));
        int count = container.count();
        container.restore().succeeds();
        container.goesOnFrom(count);
    }

    @Test
    void an_attached_restore_ends_with_its_container() throws IOException {
        container.run();
        container.checkpoint().succeeds();
        int count = container.count();
        String[] words = {"restore", "--image-path", container.images().toString(), "--bundle", container.bundle().path().toString(),
            container.bundle().id()};
        Process restoring = carafe.start(words);
        container.goesOnFrom(count);
        carafe.call("kill", container.bundle().id(), "KILL").succeeds();
        assertEquals(128 + 9, carafe.finish(restoring, words).code());
        assertFalse(isThere());
    }
}
