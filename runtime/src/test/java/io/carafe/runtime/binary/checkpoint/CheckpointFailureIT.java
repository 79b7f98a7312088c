package io.carafe.runtime.binary.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.resources.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails leaves the container as it was, or nothing of it; and says why, in CRIU's words where it has some. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class CheckpointFailureIT {

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

    private void assertNothingIsLeft() throws IOException {
        assertEquals("", carafe.call("list", "--quiet").succeeds().out());
        try (var cgroups = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
            assertEquals(List.of(), cgroups.filter(path -> path.endsWith(container.bundle().id())).toList());
        }
    }

    @Test
    void what_cannot_be_saved_is_named_in_criu_s_words() {
        container.bundle().script("dd if=/dev/zero of=/data/large bs=1M count=2; exec 5</data/large; busybox rm /data/large; "
                + "i=0; while :; do i=$((i+1)); echo $i; usleep 20000; done >> /data/n");
        Running running = container.run();
        String error = container.checkpoint().fails();
        assertTrue(error.contains("ghost file") && error.contains("dump.log"), error);
        assertEquals("running", running.status());
        container.goesOnFrom(container.count());
    }

    /** Executes CRIU, and has somebody kill it when its log says something. */
    private String killedWhen(String log, String says) throws IOException {
        Path program = Files.writeString(directory.resolve("criu"), """
                #!/bin/sh
                me=$$
                ( (
                for n in 3 4 5 6 7 8 9; do eval "exec $n>&-"; done
                while [ -d /proc/$me ] && [ "$(cut -d' ' -f3 /proc/$me/stat)" != Z ]; do
                    if grep -q '%s' %s 2>/dev/null; then kill -9 $me; exit; fi
                    sleep 0.01
                done
                ) </dev/null >/dev/null 2>&1 & )
                exec criu "$@"
                """.formatted(says, container.images().resolve(log)));
        program.toFile().setExecutable(true);
        return program.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Seized task", "Dumping core", "Dumping mm"})
    void criu_that_is_killed_leaves_the_container_running(String says) throws IOException {
        Running running = container.run();
        String error = carafe.call("--criu", killedWhen("dump.log", says), "checkpoint", "--leave-running", "--image-path", container.images().toString(),
                running.id()).fails();
        assertTrue(error.contains("killed by signal 9"), error);
        assertEquals("running", running.status());
        container.goesOnFrom(container.count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Running setup-namespaces scripts", "Restoring resources", "Running post-restore scripts"})
    void criu_that_is_killed_at_a_restore_leaves_nothing(String says) throws IOException {
        container.run();
        container.checkpoint().succeeds();
        int count = container.count();
        String error = carafe.call("--criu", killedWhen("restore.log", says), "restore", "--detach", "--image-path", container.images().toString(), "--bundle",
                container.bundle().path().toString(), container.bundle().id()).fails();
        assertTrue(error.contains("killed by signal 9"), error);
        assertNothingIsLeft();
        assertEquals(count, container.count());
        Files.delete(container.images().resolve("restore.log"));
        container.restore().succeeds();
        container.goesOnFrom(count);
    }

    @Test
    void an_image_names_no_file_of_options() throws IOException {
        Path options = Files.writeString(directory.resolve("criu.conf"), "no-such-option\n");
        container.bundle().config(config -> config.withAnnotations(Map.of("org.criu.config", options.toString())));
        container.run();
        carafe.call("--trust-annotations", "checkpoint", "--leave-running", "--image-path", container.images().toString(), container.bundle().id()).fails();
        Carafe.Result result = container.checkpoint().succeeds();
        assertTrue(result.err().contains("org.criu.config"), result.err());
    }

    @Test
    void without_space_for_the_images_it_runs_on() throws IOException, InterruptedException {
        Running running = container.run();
        Path full = Files.createDirectories(directory.resolve("full"));
        String error = carafe.behind("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
                "mount -t tmpfs -o size=64k full " + full + " && exec \"$@\"", "sh")
                .call("checkpoint", "--image-path", full.toString(), "--work-path", directory.resolve("work").toString(), running.id()).fails();
        assertTrue(error.contains("No space left"), error);
        assertEquals("running", running.status());
        container.goesOnFrom(container.count());
    }

    @Test
    void a_checkpoint_that_is_none_is_not_restored() throws IOException {
        Files.createDirectories(container.images());
        assertTrue(container.restore().fails().contains("inventory.img"));
        Files.writeString(container.images().resolve("inventory.img"), "none");
        assertTrue(container.restore().fails().contains("restore.log"));
        assertNothingIsLeft();
    }

    @Test
    void the_id_of_another_is_not_taken() {
        container.run();
        container.checkpoint("--leave-running").succeeds();
        assertTrue(container.restore().fails().contains("already exists"));
        assertTrue(container.checkpoint("--leave-running").succeeds().out().isEmpty());
    }

    @Test
    void a_program_that_is_no_criu_says_so() {
        container.run();
        assertTrue(carafe.call("--criu", "/nowhere/criu", "checkpoint", container.bundle().id()).fails().contains("/nowhere/criu"));
        assertTrue(carafe.call("--criu", "nowhere", "checkpoint", container.bundle().id()).fails().contains("install the package criu"));
        assertTrue(carafe.call("--criu", "/bin/false", "checkpoint", container.bundle().id()).fails().contains("/bin/false ended with status 1"));
        assertFalse(Files.exists(container.images()));
        container.goesOnFrom(container.count());
    }
}
