package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container makes of the cgroups below its own: as deep, as many and with such names as it likes. */
@Tag("guest")
class DeepCgroupsTest extends RealCgroups {

    private static final String SLEEP = "exec sleep 1000";
    /** Longer than PATH_MAX with 30 of them. */
    private static final String LONG_NAME = "7".repeat(200);
    /** What a walk has open: where it is, where it goes, the list of that, and a file in it. */
    private static final int FEW = 4;

    private final WatchedKernel kernel = new WatchedKernel(Door.open());
    private final Linux watched = Linux.over(kernel);

    /** Makes cgroups below each other. @return the deepest, open */
    private Fd nest(String directory, String name, int depth) {
        Fd here = linux.files.open(directory, FileFlags.O_RDONLY | FileFlags.O_DIRECTORY);
        for (int i = 0; i < depth; i++) {
            linux.paths.mkdirat(here, name, 0755);
            Fd below = linux.files.openat(here, name, FileFlags.O_RDONLY | FileFlags.O_DIRECTORY, 0);
            here.close();
            here = below;
        }
        return here;
    }

    /** The tree that is frozen, and is all that the container has: it is killed by signals where it is of v1. */
    private CgroupPaths freezerOf(Cgroup cgroup) {
        Optional<String> v1 = cgroup.paths().v1With("freezer");
        return new CgroupPaths(v1.isPresent() ? Map.of("freezer", v1.get()) : Map.of("unified", cgroup.paths().unified().orElseThrow()));
    }

    /** A frozen process in the deepest cgroup: whoever does not come there can neither count, thaw, kill nor remove it. */
    private void isCountedThawedKilledAndRemoved(String name, int depth) throws Exception {
        Cgroup whole = make("deep");
        CgroupPaths paths = freezerOf(whole);
        boolean isV1 = paths.unified().isEmpty();
        Process process = inside(whole, SLEEP);
        awaitJoined(process);
        String top = paths.byLabel().values().iterator().next();
        try (Fd deepest = nest(top, name, depth)) {
            linux.files.writeText(deepest, "cgroup.procs", Long.toString(process.pid()));
            linux.files.writeText(deepest, isV1 ? "freezer.state" : "cgroup.freeze", isV1 ? "FROZEN" : "1");
        }
        Cgroup cgroup = Cgroup.of(watched, paths);
        assertEquals(List.of((int) process.pid()), cgroup.pids());
        cgroup.freeze();
        cgroup.thaw();
        cgroup.killAll(9);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it is still frozen");
        cgroup.remove();
        assertFalse(cgroup.exists());
        assertTrue(kernel.mostOpen <= FEW, kernel.mostOpen + " descriptors were open at once");
        assertEquals(Set.of(), kernel.open);
    }

    @Test
    void names_beyond_a_path_keep_nobody_from_anything() throws Exception {
        isCountedThawedKilledAndRemoved(LONG_NAME, 30);
    }

    @Test
    void a_depth_of_thousands_takes_few_descriptors_and_little_of_the_stack() throws Exception {
        isCountedThawedKilledAndRemoved("d", 3000);
    }

    @Test
    void a_container_that_goes_on_making_cgroups_is_removed_all_the_same() throws Exception {
        Cgroup whole = make("busy");
        CgroupPaths paths = freezerOf(whole);
        String top = paths.byLabel().values().iterator().next();
        Process process = inside(whole, "cd " + top + "; i=0; while :; do i=$((i+1)); mkdir -p $i/$i/$i; rmdir $((i-5))/$((i-5))/$((i-5)); done"
                + " 2>/dev/null");
        awaitJoined(process);
        await("it has made some", () -> Files.exists(Path.of(top, "20")));
        Cgroup cgroup = Cgroup.of(watched, paths);
        for (int i = 0; i < 20; i++) {
            assertTrue(cgroup.pids().contains((int) process.pid()));
            cgroup.thaw();
        }
        cgroup.killAll(9);
        cgroup.remove();
        assertFalse(cgroup.exists());
    }

    @Test
    void processes_of_threaded_cgroups_are_found_and_killed() throws Exception {
        assumeTrue(host.unified().isPresent(), "this host has no cgroup2");
        Cgroup whole = make("threads");
        String top = whole.paths().unified().orElseThrow();
        Process below = inside(whole, SLEEP);
        awaitJoined(below);
        Files.createDirectory(Path.of(top, "below"));
        Files.writeString(Path.of(top, "below/cgroup.type"), "threaded");
        Files.writeString(Path.of(top, "below/cgroup.threads"), Long.toString(below.pid()));
        Cgroup cgroup = Cgroup.of(watched, new CgroupPaths(Map.of("unified", top)));
        assertEquals(List.of((int) below.pid()), cgroup.pids());
        // The container's own, too, whose processes only the cgroup above would tell.
        Cgroup inner = Cgroup.of(watched, new CgroupPaths(Map.of("unified", top + "/below")));
        assertEquals(List.of((int) below.pid()), inner.pids());
        inner.killAll(9);
        assertTrue(below.waitFor(1, TimeUnit.MINUTES));
        inner.remove();
        assertFalse(inner.exists());
    }

    /** /proc/PID/cgroup cuts the path there, or answers ENAMETOOLONG. */
    @Test
    void a_process_is_followed_to_where_no_path_leads() throws Exception {
        assumeTrue(host.unified().isPresent(), "this host has no cgroup2");
        Cgroup whole = make("beside");
        CgroupPaths paths = new CgroupPaths(Map.of("unified", whole.paths().unified().orElseThrow()));
        Process process = inside(whole, SLEEP);
        awaitJoined(process);
        try (Fd deepest = nest(paths.unified().get(), LONG_NAME, 30)) {
            linux.files.writeText(deepest, "cgroup.procs", Long.toString(process.pid()));
            try (Cgroup cgroup = Cgroup.of(linux, paths).openBeside((int) process.pid())) {
                assertTrue(linux.files.fstat(cgroup.unified().orElseThrow()).isSameFile(linux.files.fstat(deepest)));
            }
        }
        try (Cgroup cgroup = Cgroup.of(linux, paths).openBeside((int) ProcessHandle.current().pid())) {
            assertTrue(linux.files.fstat(cgroup.unified().orElseThrow()).isSameFile(
                    linux.paths.statx(Fd.CWD, host.unified().get().ownDirectory(), 0)), "who is elsewhere is followed, too");
        }
    }

    /** None of these may be killed, frozen or removed because a state file names it. */
    @ParameterizedTest
    @CsvSource({"unified, /", "unified, /tmp", "pids, /tmp", "unified, /sys/fs/cgroup", "unified, /proc/self", "pids, /sys/fs/cgroup/pids",
        "unified, /sys/fs/cgroup/unified", "unified, /etc/passwd", "unified, /proc/self/cwd"})
    void what_is_no_cgroup_of_a_container_is_told(String label, String path) {
        Optional<String> complaint = Cgroup.of(linux, new CgroupPaths(Map.of(label, path))).complaint();
        assertTrue(complaint.isPresent() || !Files.exists(Path.of(path)), path);
    }

    @Test
    void a_cgroup_that_holds_the_caller_is_none_of_a_container() throws Exception {
        assumeTrue(!host.v1().isEmpty(), "this host has no v1 hierarchy, where one thread of this JVM can be elsewhere than the others");
        Cgroup cgroup = make("mine");
        Map<String, String> v1 = new LinkedHashMap<>(cgroup.paths().byLabel());
        v1.remove(CgroupPaths.UNIFIED);
        Cgroup sound = Cgroup.of(linux, new CgroupPaths(v1));
        assertEquals(Optional.empty(), sound.complaint());
        AtomicReference<Optional<String>> complaint = new AtomicReference<>(Optional.empty());
        Thread thread = new Thread(() -> {
            cgroup.join();
            complaint.set(sound.complaint());
        });
        thread.start();
        thread.join();
        assertTrue(complaint.get().orElse("").contains("which this process is in"), complaint.get().toString());
        cgroup.remove();
        assertEquals(Optional.empty(), sound.complaint(), "one that has gone");
    }
}
