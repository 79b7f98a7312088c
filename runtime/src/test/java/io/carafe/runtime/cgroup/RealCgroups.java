package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.spec.resources.Resources;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Cgroups on the real kernel, as root, in whatever layout the host has; all of them are gone in the end. */
abstract class RealCgroups {

    /** Every cgroup of this run has it in its name, so that a leftover can be told. */
    static final String RUN = "carafe-test-" + ProcessHandle.current().pid();

    final Linux linux = Linux.over(Door.open());
    final Hierarchies host = Hierarchies.probe(linux, false);
    final List<Cgroup> made = new ArrayList<>();
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
    static void no_cgroup_of_this_run_is_left() {
        assertEquals(Set.of(), leftovers(""));
    }

    /** The cgroups with such a name. Others come and go meanwhile, as other runtimes work: a directory that has gone has none. */
    static Set<Path> leftovers(String name) {
        Set<Path> found = new TreeSet<>();
        addLeftovers(new File("/sys/fs/cgroup"), RUN + name, found);
        return found;
    }

    private static void addLeftovers(File directory, String name, Set<Path> found) {
        File[] children = directory.listFiles(File::isDirectory);
        for (File child : children == null ? new File[0] : children) {
            if (child.getPath().contains(name)) {
                found.add(child.toPath());
            }
            addLeftovers(child, name, found);
        }
    }

    Cgroup make(String path, Resources resources) {
        Cgroup cgroup = Cgroup.make(linux, CgroupPlan.of(Optional.of(path), Optional.of(resources), "unused", host));
        made.add(cgroup);
        return cgroup;
    }

    Cgroup make(String name) {
        return make(RUN + "/" + name, Resources.EMPTY);
    }

    /** A shell that joins as a container's init does, says so, and then runs the script; it is in no other cgroup. */
    Process inside(Cgroup cgroup, String script) throws IOException {
        StringBuilder join = new StringBuilder();
        cgroup.paths().byLabel().forEach((label, path) -> join.append("echo 0 > '").append(path)
                .append(label.equals("unified") ? "/cgroup.procs" : "/tasks").append("' && "));
        Process process = new ProcessBuilder("sh", "-c", join + "echo joined || exit 99; " + script).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(180, TimeUnit.SECONDS), "the process should have ended");
        return output;
    }

    static void awaitJoined(Process process) throws IOException {
        byte[] line = process.getInputStream().readNBytes("joined\n".length());
        assertEquals("joined\n", new String(line, StandardCharsets.UTF_8));
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 18_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("timed out waiting until " + what);
    }

    static String read(String file) throws IOException {
        return Files.readString(Path.of(file)).strip();
    }

    boolean has(String controller) {
        return host.isV2() ? host.unified().orElseThrow().controllers().contains(controller) : host.v1With(controller).isPresent();
    }

    void needs(String controller) {
        assumeTrue(has(controller), "this host has no " + controller + " controller");
    }

    /** Where the controls of a controller are. */
    String directory(Cgroup cgroup, String controller) {
        return (host.isV2() ? cgroup.paths().unified() : cgroup.paths().v1With(controller)).orElseThrow();
    }
}
