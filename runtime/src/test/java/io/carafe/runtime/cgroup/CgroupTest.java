package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cgroups on the real kernel, as root, in whatever layout the host has. What a limit does is looked at by its effect. */
class CgroupTest {

    /** Every cgroup of this run has it in its name, so that a leftover can be told. */
    private static final String RUN = "carafe-test-" + ProcessHandle.current().pid();

    private final Linux linux = Linux.over(Door.open());
    private final Hierarchies host = Hierarchies.probe(linux);
    private final List<Cgroup> made = new ArrayList<>();
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void only_root_makes_cgroups() {
        assumeTrue(linux.credentials.geteuid() == 0, "needs root");
        assumeTrue(!host.v1().isEmpty() || host.unified().isPresent(), "this host has no cgroups");
    }

    @AfterEach
    void clean_up() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        for (Cgroup cgroup : made) {
            cgroup.killAll(9);
            cgroup.remove();
        }
    }

    @AfterAll
    static void no_cgroup_of_this_run_is_left() throws IOException {
        try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 8, (path, what) -> what.isDirectory())) {
            assertEquals(List.of(), all.filter(path -> path.toString().contains(RUN)).collect(Collectors.toList()));
        }
    }

    private Cgroup make(String path, Resources resources) {
        Cgroup cgroup = Cgroup.make(linux, CgroupPlan.of(Optional.of(path), Optional.of(resources), "unused", host));
        made.add(cgroup);
        return cgroup;
    }

    private Cgroup make(String name) {
        return make(RUN + "/" + name, Resources.EMPTY);
    }

    /** A shell that joins as a container's init does, says so, and then runs the script; it is in no other cgroup. */
    private Process inside(Cgroup cgroup, String script) throws IOException {
        StringBuilder join = new StringBuilder();
        cgroup.paths().byLabel().forEach((label, path) -> join.append("echo 0 > '").append(path)
                .append(label.equals("unified") ? "/cgroup.procs" : "/tasks").append("' && "));
        Process process = new ProcessBuilder("sh", "-c", join + "echo joined && " + script).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the process should have ended");
        return output;
    }

    private static void awaitJoined(Process process) throws IOException {
        byte[] line = process.getInputStream().readNBytes("joined\n".length());
        assertEquals("joined\n", new String(line, StandardCharsets.UTF_8));
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("timed out waiting until " + what);
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file)).strip();
    }

    private String directory(Cgroup cgroup, String controller) {
        Optional<String> path = host.isV2() ? cgroup.paths().unified() : cgroup.paths().v1With(controller);
        assumeTrue(path.isPresent() && (!host.isV2() || host.unified().orElseThrow().controllers().contains(controller)),
                "this host has no " + controller + " controller");
        return path.get();
    }

    @Test
    void a_directory_is_made_in_every_hierarchy_and_removed_again() {
        Cgroup cgroup = make("one");
        assertEquals(host.v1().size() + (host.unified().isPresent() ? 1 : 0), cgroup.paths().byLabel().size());
        for (String path : cgroup.paths().byLabel().values()) {
            assertTrue(Files.isDirectory(Path.of(path)), path);
        }
        assertTrue(cgroup.exists());
        cgroup.remove();
        for (String path : cgroup.paths().byLabel().values()) {
            assertFalse(Files.exists(Path.of(path)), path);
            assertFalse(Files.exists(Path.of(path).getParent()), "the directory above was made too");
        }
        assertFalse(cgroup.exists());
    }

    @Test
    void a_process_can_join_everywhere_even_with_missing_directories_above() throws Exception {
        Cgroup cgroup = make("a/b/c");
        Process process = inside(cgroup, "cat /proc/self/cgroup");
        String output = output(process);
        assertEquals(0, process.exitValue(), output);
        int joined = output.split(RUN + "/a/b/c\n", -1).length - 1;
        assertEquals(cgroup.paths().byLabel().size(), joined, output);
    }

    @Test
    void limits_are_written() throws Exception {
        Resources resources = Resources.EMPTY.withMemory(Memory.EMPTY.withLimit(64 << 20)).withPids(Pids.of(7));
        Cgroup cgroup = make(RUN + "/limits", resources);
        cgroup.limit();
        assertEquals("7", read(directory(cgroup, "pids") + "/pids.max"));
        assertEquals("67108864", read(directory(cgroup, "memory") + (host.isV2() ? "/memory.max" : "/memory.limit_in_bytes")));
    }
}
