package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The life of a cgroup: made, joined, killed, removed. */
@Tag("guest")
class CgroupTest extends RealCgroups {

    private static final String SLEEP = "exec sleep 100";

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
        assertEquals(cgroup.paths().byLabel().size(), output.split(RUN + "/a/b/c\n", -1).length - 1, output);
    }

    @Test
    void join_moves_the_calling_thread_by_the_open_tasks_files() throws Exception {
        assumeTrue(!host.v1().isEmpty(), "this host has no v1 hierarchy");
        Cgroup cgroup = make("join");
        AtomicReference<String> seen = new AtomicReference<>("");
        // On v1 one thread of this JVM can be elsewhere than the others.
        Thread thread = new Thread(() -> {
            cgroup.join();
            seen.set(linux.files.readText(Fd.CWD, "/proc/thread-self/cgroup"));
        });
        thread.start();
        thread.join();
        assertEquals(host.v1().size(), seen.get().split(RUN + "/join\n", -1).length - 1, seen.get());
    }

    @Test
    void the_slow_way_moves_the_whole_process_into_the_unified_tree() throws Exception {
        assumeTrue(host.unified().isPresent(), "this host has no cgroup2");
        Cgroup cgroup = make("slow");
        String directory = cgroup.paths().unified().orElseThrow();
        cgroup.joinUnified();
        try {
            assertTrue(read(directory + "/cgroup.procs").lines().anyMatch(pid -> pid.equals("" + ProcessHandle.current().pid())));
        } finally {
            Files.writeString(Path.of(host.unified().get().mountPoint() + host.unified().get().own(), "cgroup.procs"), "0");
        }
    }

    @Test
    void a_cgroup_that_has_processes_is_refused_and_left_alone() throws Exception {
        Cgroup first = make("busy");
        awaitJoined(inside(first, SLEEP));
        KernelException refused = assertThrows(KernelException.class, () -> make("busy"));
        assertTrue(refused.is(Errno.EBUSY) && refused.getMessage().contains("1 process"), refused.getMessage());
        assertEquals(1, first.pids().size());
    }

    @Test
    void a_cgroup_that_is_empty_is_taken_over() {
        make("again");
        assertTrue(make("again").exists());
    }

    @Test
    void a_frozen_cgroup_is_refused() {
        Cgroup cgroup = make("frozen");
        Optional<String> freezer = cgroup.paths().v1With("freezer");
        CgroupTree tree = new CgroupTree(linux, freezer.orElseGet(() -> cgroup.paths().unified().orElseThrow()), freezer.isEmpty());
        assertTrue(tree.freeze());
        KernelException refused = assertThrows(KernelException.class, () -> make("frozen"));
        assertTrue(refused.is(Errno.EBUSY) && refused.getMessage().contains("frozen"), refused.getMessage());
    }

    @Test
    void every_process_gets_the_signal_and_none_is_left_after_SIGKILL() throws Exception {
        Cgroup cgroup = make("kill");
        Process process = inside(cgroup, "(sleep 100; true) & (sleep 101; true) & trap 'echo got it' USR1; echo ready; wait; wait; wait");
        awaitJoined(process);
        await("the children run", () -> cgroup.pids().size() == 5);
        assertEquals("ready\n", new String(process.getInputStream().readNBytes(6)));
        cgroup.killAll(9);
        await("all are dead", () -> cgroup.pids().isEmpty());
        assertTrue(process.waitFor(180, TimeUnit.SECONDS));
        assertEquals(137, process.exitValue());
    }

    @Test
    void a_signal_that_can_be_caught_arrives() throws Exception {
        Cgroup cgroup = make("signal");
        Process process = inside(cgroup, "trap 'echo got it; exit 7' USR1; echo ready; while :; do sleep 0.05; done");
        awaitJoined(process);
        assertEquals("ready\n", new String(process.getInputStream().readNBytes(6)));
        cgroup.killAll(10);
        assertEquals("got it", output(process).strip().lines().reduce((first, last) -> last).orElse(""));
        assertEquals(7, process.exitValue());
    }

    @Test
    void a_v1_cgroup_without_a_unified_tree_is_killed_frozen() throws Exception {
        Cgroup whole = make("v1kill");
        Map<String, String> v1 = new LinkedHashMap<>(whole.paths().byLabel());
        v1.remove(CgroupPaths.UNIFIED);
        assumeTrue(v1.containsKey("freezer"), "this host has no v1 freezer");
        Cgroup cgroup = Cgroup.of(linux, new CgroupPaths(v1));
        // It forks as fast as it can.
        Process process = inside(whole, "while :; do (while :; do sleep 0.01; done) & sleep 0.02; done");
        awaitJoined(process);
        await("it has forked", () -> cgroup.pids().size() > 4);
        cgroup.killAll(9);
        await("all are dead", () -> cgroup.pids().isEmpty());
    }

    @Test
    void a_process_in_a_frozen_cgroup_is_killed_all_the_same() throws Exception {
        Cgroup cgroup = make("cold");
        awaitJoined(inside(cgroup, SLEEP));
        Optional<String> freezer = cgroup.paths().v1With("freezer");
        assertTrue(new CgroupTree(linux, freezer.orElseGet(() -> cgroup.paths().unified().orElseThrow()), freezer.isEmpty()).freeze());
        Cgroup reopened = Cgroup.of(linux, CgroupPaths.parse(cgroup.paths().text()));
        reopened.killAll(9);
        reopened.remove();
        assertFalse(reopened.exists());
    }

    @Test
    void remove_says_which_cgroup_has_processes_left() throws Exception {
        Cgroup cgroup = make("left");
        awaitJoined(inside(cgroup, SLEEP));
        KernelException refused = assertThrows(KernelException.class, cgroup::remove);
        assertTrue(refused.is(Errno.EBUSY) && refused.getMessage().contains(RUN), refused.getMessage());
    }

    @Test
    void cgroups_that_the_container_made_are_removed_with_it() throws Exception {
        Cgroup cgroup = make("nested");
        for (String path : cgroup.paths().byLabel().values()) {
            Files.createDirectories(Path.of(path, "x.y", "z"));
            Files.createDirectories(Path.of(path, "second"));
        }
        Cgroup reopened = Cgroup.of(linux, cgroup.paths());
        reopened.remove();
        assertFalse(reopened.exists());
    }

    /** Names are any bytes: here ff, which is no UTF-8. What cannot be named can neither be killed nor thawed nor removed. */
    @Test
    void a_cgroup_below_with_any_name_is_killed_thawed_and_removed_with_the_rest() throws Exception {
        assumeTrue(host.v1With("freezer").isPresent(), "this host has no v1 freezer");
        Cgroup cgroup = make("odd");
        CgroupPaths v1 = new CgroupPaths(Map.of("freezer", cgroup.paths().v1With("freezer").orElseThrow()));
        String below = "'" + v1.byLabel().get("freezer") + "/'$(printf '\\377')";
        Process process = inside(cgroup, "mkdir " + below + "; echo 0 > " + below + "/cgroup.procs; echo ready; " + SLEEP);
        awaitJoined(process);
        assertEquals("ready\n", new String(process.getInputStream().readNBytes(6)));
        assertEquals(0, new ProcessBuilder("sh", "-c", "echo FROZEN > " + below + "/freezer.state").start().waitFor());
        Cgroup reopened = Cgroup.of(linux, v1);
        assertEquals(List.of((int) process.pid()), reopened.pids());
        reopened.killAll(9);
        assertTrue(process.waitFor(180, TimeUnit.SECONDS), "it is still frozen");
        reopened.remove();
        assertFalse(reopened.exists());
    }

    @Test
    void a_cgroup_that_is_taken_over_keeps_nothing_of_the_devices_that_it_allowed() throws Exception {
        assumeTrue(host.v1With("devices").isPresent(), "this host has no v1 devices controller");
        Cgroup before = make("devices");
        String directory = before.paths().v1With("devices").orElseThrow();
        Files.writeString(Path.of(directory, "devices.allow"), "a");
        assertTrue(read(directory + "/devices.list").contains("a *:* rwm"));
        make("devices").limit();
        String list = read(directory + "/devices.list");
        assertTrue(list.contains("c 1:3 rwm") && !list.contains("a *:* rwm"), list);
    }

    @Test
    void the_processes_of_cgroups_below_are_counted() throws Exception {
        Cgroup cgroup = make("deep");
        String below = cgroup.paths().processes().orElseThrow() + "/below";
        Files.createDirectory(Path.of(below));
        Process process = inside(cgroup, "echo 0 > " + below + "/cgroup.procs; echo ready; " + SLEEP);
        awaitJoined(process);
        assertEquals("ready\n", new String(process.getInputStream().readNBytes(6)));
        assertEquals(List.of((int) process.pid()), cgroup.pids());
    }

    @Test
    void removing_what_has_gone_is_no_failure() {
        Cgroup cgroup = make("gone");
        Cgroup.of(linux, cgroup.paths()).remove();
        cgroup.remove();
        assertFalse(cgroup.exists());
    }

    @Test
    void exec_opens_the_cgroup_of_a_container_again() throws Exception {
        Cgroup cgroup = make("exec");
        try (Cgroup reopened = Cgroup.of(linux, cgroup.paths()).open()) {
            assertEquals(host.unified().isPresent(), reopened.unified().isPresent());
        }
        cgroup.remove();
        KernelException gone = assertThrows(KernelException.class, () -> Cgroup.of(linux, cgroup.paths()).open());
        assertTrue(gone.is(Errno.ENOENT), gone.getMessage());
    }
}
