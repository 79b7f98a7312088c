package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that look at a living container or change it, whichever call fails: it goes on, and what was asked for is done or not. */
@Tag("faults")
@ExtendWith(HostUnchanged.class)
class RunningContainerFaultIT {

    @TempDir
    private Path directory;
    private Bundle bundle;
    private Living living;

    @BeforeEach
    void bundle() throws Exception {
        bundle = Bundle.in(directory).args("/bin/sleep", "100000");
        living = Living.of(directory, bundle);
    }

    @AfterEach
    void close() throws Exception {
        living.close();
    }

    private Carafe carafe() {
        return living.remains().carafe();
    }

    private Trial trial(String name, Trial.Step before, Trial.Aftermath after) {
        return new Trial(name, living.remains(), before, after);
    }

    private Trial trial(String name) {
        return trial(name, living::make, result -> living.asBefore());
    }

    /** A signal that an init without a handler for it does not get. */
    @TestFactory
    Stream<DynamicTest> kill_leaves_the_container_as_it_was() throws Exception {
        return trial("kill").of("kill", bundle.id(), "USR1");
    }

    @TestFactory
    Stream<DynamicTest> kill_all_leaves_the_container_as_it_was() throws Exception {
        return trial("kill --all", living::make, result -> {
            if (result.code() == Trial.KILLED) {
                carafe().call("resume", bundle.id()); // who was killed while all were stopped has let none go on
            }
            living.asBefore();
        }).of("kill", "--all", bundle.id(), "USR1");
    }

    @TestFactory
    Stream<DynamicTest> kill_all_by_SIGKILL_leaves_what_can_be_deleted() throws Exception {
        return trial("kill --all KILL", living::make, result -> {
            carafe().call("delete", "--force", bundle.id()).succeeds();
            living.remains().none();
        }).of("kill", "--all", bundle.id(), "KILL");
    }

    @TestFactory
    Stream<DynamicTest> pause_leaves_what_can_be_resumed() throws Exception {
        return trial("pause", living::make, result -> {
            String status = carafe().call("state", bundle.id()).succeeds().out();
            if (result.code() == 0 || status.contains("\"paused\"")) {
                carafe().call("resume", bundle.id()).succeeds();
            }
            living.asBefore();
        }).of("pause", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> resume_can_be_done_again() throws Exception {
        return trial("resume", () -> {
            living.make();
            carafe().call("pause", bundle.id()).succeeds();
        }, result -> {
            if (carafe().call("state", bundle.id()).succeeds().out().contains("\"paused\"")) {
                assertTrue(result.code() != 0, "resumed, and paused");
                carafe().call("resume", bundle.id()).succeeds();
            }
            living.asBefore();
        }).of("resume", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> update_leaves_the_container_running() throws Exception {
        return trial("update").of("update", "--memory", "64m", "--pids-limit", "30", "--cpu-share", "300", "--cpuset-cpus", "0", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> events_leaves_the_container_as_it_was() throws Exception {
        return trial("events").of("events", "--stats", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> ps_leaves_the_container_as_it_was() throws Exception {
        return trial("ps").of("ps", "--format", "json", bundle.id());
    }

    /** What is printed is true, or it fails: no container is paused, stopped or absent because it could not be looked at. */
    @TestFactory
    Stream<DynamicTest> state_says_what_is_so_or_fails() throws Exception {
        return saysWhatIsSo("state", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> list_says_what_is_so_or_fails() throws Exception {
        return saysWhatIsSo("list", "--format", "json");
    }

    private Stream<DynamicTest> saysWhatIsSo(String... words) throws Exception {
        living.make();
        String said = lasting(carafe().call(words).succeeds().out());
        return trial(words[0], living::make, result -> {
            living.asBefore();
            // ENOENT of the state root: there are no containers.
            assertTrue(result.code() != 0 || result.out().equals("[]\n") || lasting(result.out()).equals(said), () -> "without a fault it says\n" + said);
        }).of(words);
    }

    /** Without what another container in its place has otherwise. */
    private static String lasting(String said) {
        return said.replaceAll("\"(pid|created)\": ?(\\d+|\"[^\"]*\")", "");
    }

    private String mounts() throws Exception {
        Path file = directory.resolve("mounts.json");
        Files.createDirectories(directory.resolve("volume"));
        Files.createDirectories(bundle.rootfs().resolve("mnt/one"));
        Files.createDirectories(bundle.rootfs().resolve("mnt/two"));
        Files.writeString(file, "[{\"destination\":\"/mnt/one\",\"type\":\"tmpfs\",\"source\":\"x\"},{\"destination\":\"/mnt/two\",\"type\":\"bind\","
                + "\"source\":\"" + directory.resolve("volume") + "\",\"options\":[\"bind\",\"ro\"]}]");
        return file.toString();
    }

    /** All of them or none. */
    @TestFactory
    Stream<DynamicTest> mounts_add_takes_back_what_it_mounted() throws Exception {
        String file = mounts();
        return trial("mounts add", living::make, result -> {
            int more = living.mounts().size() - living.mountsAtFirst().size();
            if (result.code() == Trial.KILLED) {
                assertTrue(more >= 0 && more <= 2, () -> more + " mounts more");
            } else {
                assertEquals(result.code() == 0 ? 2 : 0, more, "mounts more");
            }
            carafe().call("mounts", "remove", bundle.id(), file);
            if (more == 1) {
                Files.writeString(Path.of(file + ".one"), "[{\"destination\":\"/mnt/one\"}]");
                carafe().call("mounts", "remove", bundle.id(), file + ".one").succeeds();
            }
            living.asBefore();
        }).of("mounts", "add", bundle.id(), file);
    }

    @TestFactory
    Stream<DynamicTest> mounts_remove_can_be_done_again() throws Exception {
        String file = mounts();
        Files.writeString(Path.of(file + ".one"), "[{\"destination\":\"/mnt/one\"}]");
        return trial("mounts remove", () -> {
            living.make();
            carafe().call("mounts", "add", bundle.id(), file).succeeds();
        }, result -> {
            int more = living.mounts().size() - living.mountsAtFirst().size();
            assertTrue(result.code() == 0 ? more == 0 : more >= 0 && more <= 2, () -> more + " mounts more");
            if (more > 0) {
                carafe().call("mounts", "remove", bundle.id(), more == 1 ? file + ".one" : file).succeeds();
            }
            living.asBefore();
        }).of("mounts", "remove", bundle.id(), file);
    }
}
