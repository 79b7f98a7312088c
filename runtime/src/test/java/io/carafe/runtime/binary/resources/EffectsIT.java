package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.resources.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a limit does to the processes of a container, on v1, hybrid and v2 alike. */
@ExtendWith(HostUnchanged.class)
@Tag("guest")
@Tag("driver")
@Tag("short")
class EffectsIT {

    private static final Path HUGE_PAGES = Path.of("/proc/sys/vm/nr_hugepages");
    private static final long PAGE = 2 << 20;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private final List<Running> running = new ArrayList<>();

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    @AfterEach
    void deleted() {
        running.forEach(Running::delete);
    }

    private static void needs(String controller) {
        boolean there = Running.isV2() ? List.of(Running.text(Path.of("/sys/fs/cgroup/cgroup.controllers")).split(" ")).contains(controller)
                : Running.text(Path.of("/proc/self/cgroup")).matches("(?s).*[:,]" + controller + "[:,].*");
        assumeTrue(there, "this host's cgroups have no " + controller + " controller");
    }

    private static Resources resources(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ResourcesJson.read(bytes, 0, bytes.length);
    }

    private Bundle bundle(String limits, String script) {
        return Bundle.in(directory).writable().resources(was -> resources(limits)).script(script);
    }

    private Running start(Bundle bundle) {
        Running started = Running.of(carafe, bundle);
        running.add(started);
        return started;
    }

    @Test
    void of_fifty_tasks_the_next_cannot_be_made() {
        needs("pids");
        // The shell is one of them.
        Carafe.Result result = carafe.run(bundle("{'pids': {'limit': 50}}", "i=0; while :; do sleep 1000 & i=$((i+1)); echo $i; done"));
        assertEquals("49", result.out().lines().reduce((first, last) -> last).orElse(""), result::toString);
        assertTrue(result.err().contains("fork"), result::toString);
    }

    @Test
    void a_first_process_over_the_memory_limit_ends_with_137() {
        needs("memory");
        assertEquals(137, carafe.run(bundle("{'memory': {'limit': 16777216, 'swap': 16777216}}", "exec tail -c 100000000 /dev/zero")).code());
    }

    /** The init joins the memory cgroup of v1 late: the cgroup that it sees as its root must be the right one in every hierarchy. */
    @Test
    void with_a_memory_limit_it_is_in_all_its_cgroups_and_sees_none_above() {
        needs("memory");
        Running container = start(bundle("{'memory': {'limit': 16777216}}", "cat /proc/self/cgroup > /tmp/seen; sleep 1000"));
        assertTrue(Running.text(container.cgroup("memory").resolve("cgroup.procs")).contains(Integer.toString(container.pid())));
        Path seen = container.bundle().rootfs().resolve("tmp/seen");
        Running.await(() -> Files.exists(seen) && !Running.text(seen).isEmpty());
        assertTrue(Running.text(seen).lines().allMatch(line -> line.endsWith(":/")), Running.text(seen));
    }

    /** What an image has below the mount is copied, and must be within the limit. */
    @Test
    void what_tmpcopyup_copies_counts() throws IOException {
        needs("memory");
        Bundle bundle = bundle("{'memory': {'limit': 8388608, 'swap': 8388608}}", "true").config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/much", "tmpfs", "tmpfs", "tmpcopyup"));
            return config.withMounts(mounts);
        });
        Files.createDirectories(bundle.rootfs().resolve("much"));
        Files.write(bundle.rootfs().resolve("much/file"), new byte[32 << 20]);
        assertTrue(carafe.run(bundle).code() != 0);
        assertEquals("", carafe.call("list", "-q").out());
    }

    /** A string of 32 MiB: what waits are page faults of the program itself. */
    @Test
    void without_the_oom_killer_it_waits_for_memory_and_goes_on_when_it_gets_some() {
        assumeTrue(!Running.isV2(), "cgroup v2 has no such control");
        needs("memory");
        Running container = start(bundle("{'memory': {'limit': 16777216, 'swap': 16777216, 'disableOOMKiller': true}}",
                "busybox awk 'BEGIN { s = \"x\"; for (i = 0; i < 25; i++) s = s s; print length(s) }' > /tmp/length; sleep 1000"));
        Path control = container.cgroup("memory").resolve("memory.oom_control");
        Running.await(() -> Running.text(control).contains("under_oom 1"));
        assertTrue(Running.text(control).contains("under_oom 1"), Running.text(control));
        assertEquals("running", container.status());
        carafe.call("update", "--memory", "-1", container.id()).succeeds();
        Path length = container.bundle().rootfs().resolve("tmp/length");
        Running.await(() -> !Running.text(length).isEmpty());
        assertEquals("33554432", Running.text(length));
    }

    @Test
    void a_quota_stops_a_busy_process_again_and_again() {
        needs("cpu");
        Running container = start(bundle("{'cpu': {'quota': 5000, 'period': 50000}}", "while :; do :; done"));
        Path stat = container.cgroup("cpu").resolve("cpu.stat");
        Running.await(() -> Running.text(stat).matches("(?s).*nr_throttled [1-9].*"));
        assertTrue(Running.text(stat).matches("(?s).*nr_throttled [1-9].*"), Running.text(stat));
    }

    @Test
    void cpus_and_mems_are_all_that_a_process_sees() {
        needs("cpuset");
        String out = carafe.run(bundle("{'cpu': {'cpus': '0', 'mems': '0'}}", "nproc; grep Mems_allowed_list /proc/self/status")).succeeds().out();
        assertTrue(out.matches("1\nMems_allowed_list:\\s+0\n"), out);
    }

    @Test
    void an_idle_container_has_the_least_weight_until_it_is_updated() {
        needs("cpu");
        Running container = start(bundle("{'cpu': {'idle': 1}}", "sleep 1000"));
        assumeTrue(Files.exists(container.cgroup("cpu").resolve("cpu.idle")), "cpu.idle needs Linux 5.15");
        assertEquals("1", Running.text(container.cgroup("cpu").resolve("cpu.idle")));
        carafe.call("update", "--cpu-idle", "0", "--cpu-share", "2048", container.id()).succeeds();
        assertEquals(Running.isV2() ? "174" : "2048", container.control("cpu", "cpu.shares", "cpu.weight"));
    }

    @Test
    void what_the_kernel_no_longer_limits_is_told_and_passed_over() {
        Carafe.Result result = carafe.run(bundle("{'memory': {'kernel': 1048576}}", "echo ran"));
        assertEquals("ran", result.out().strip(), result::toString);
    }

    /** A page of the file system that holds pages costs one of the limit, when fallocate(2) takes it. */
    @Test
    void huge_pages_over_the_limit_cannot_be_taken() throws IOException {
        Path controllers = Path.of(Running.isV2() ? "/sys/fs/cgroup/cgroup.controllers" : "/sys/fs/cgroup/unified/cgroup.controllers");
        // In a v1 hierarchy it counts only where that is mounted; a benchmark may have one to itself meanwhile.
        assumeTrue(Running.text(Path.of("/proc/self/mountinfo")).matches("(?s).* - cgroup [^\n]*hugetlb.*") || Files.exists(controllers)
                && Running.text(controllers).contains("hugetlb"), "this host's cgroups have no hugetlb controller");
        assumeTrue(Files.exists(Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB")), "this machine has no pages of 2 MB");
        String before = Running.text(HUGE_PAGES);
        Path handedDown = controllers.resolveSibling("cgroup.subtree_control");
        boolean restore = Files.exists(handedDown) && !Running.text(handedDown).contains("hugetlb");
        Files.writeString(HUGE_PAGES, Integer.toString(Integer.parseInt(before) + 4));
        try {
            assumeTrue(Integer.parseInt(Running.text(HUGE_PAGES)) >= Integer.parseInt(before) + 4, "no memory for huge pages");
            Bundle bundle = bundle("{'hugepageLimits': [{'pageSize': '2MB', 'limit': " + 2 * PAGE + "}]}",
                    "fallocate -l " + 2 * PAGE + " /huge/two && echo two; fallocate -l " + 3 * PAGE + " /huge/two && echo three")
                    .config(config -> {
                        List<Mount> mounts = new ArrayList<>(config.mounts());
                        mounts.add(Mount.of("/huge", "hugetlbfs", "none", "pagesize=2M"));
                        return config.withMounts(mounts);
                    });
            Files.createSymbolicLink(bundle.rootfs().resolve("bin/fallocate"), Path.of("busybox"));
            Carafe.Result result = carafe.run(bundle);
            assertEquals("two", result.out().strip(), result::toString);
            assertTrue(result.err().contains("fallocate"), result::toString);
        } finally {
            Files.writeString(HUGE_PAGES, before);
            if (restore) {
                // What is handed down stays so, and would keep others from mounting the controller as v1.
                Files.writeString(handedDown, "-hugetlb");
            }
        }
        assertTrue(carafe.run(bundle("{'hugepageLimits': [{'pageSize': '3MB', 'limit': 0}]}", "true")).fails()
                .contains("linux.resources.hugepageLimits[0].pageSize: this machine has pages of"));
    }

    /** The same read of a disk, past the page cache: nobody waits for time here, but for the read of a container without a limit. */
    @Test
    void a_throttled_read_waits_until_the_limit_is_lifted() throws IOException, InterruptedException {
        needs(Running.isV2() ? "io" : "blkio");
        Path image = directory.resolve("disk");
        Files.write(image, new byte[1 << 20]);
        Process losetup = new ProcessBuilder("sh", "-c", "modprobe -q loop; losetup --find --show " + image).start();
        String disk = new String(losetup.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assumeTrue(losetup.waitFor() == 0, "this machine has no loop device");
        try {
            String number = Running.text(Path.of("/sys/block", Path.of(disk).getFileName().toString(), "dev"));
            throttled(number.split(":")[0], number.split(":")[1]);
        } finally {
            running.forEach(Running::delete);
            running.clear();
            assertEquals(0, new ProcessBuilder("losetup", "--detach", disk).start().waitFor());
        }
    }

    private void throttled(String major, String minor) throws IOException, InterruptedException {
        String script = "dd if=/disk of=/dev/null bs=4096 count=1 iflag=direct && echo read > /tmp/read; sleep 1000";
        String rate = "'blockIO': {'throttleReadBpsDevice': [{'major': " + major + ", 'minor': " + minor + ", 'rate': %s}]}";
        String devices = "'devices': [{'allow': false, 'access': 'rwm'}, {'allow': true, 'type': 'b', 'major': " + major + ", 'minor': " + minor
                + ", 'access': 'r'}]";
        Bundle slow = bundle("{" + devices + ", " + String.format(rate, 64) + "}", script);
        Bundle free = bundle("{" + devices + "}", script);
        for (Bundle bundle : List.of(slow, free)) {
            assertEquals(0, new ProcessBuilder("mknod", bundle.rootfs().resolve("disk").toString(), "b", major, minor).start().waitFor());
        }
        Running throttled = start(slow);
        start(free);
        Running.await(() -> Files.exists(free.rootfs().resolve("tmp/read")));
        assertTrue(Files.exists(free.rootfs().resolve("tmp/read")), "a read without a limit");
        assertFalse(Files.exists(slow.rootfs().resolve("tmp/read")), "a read of 64 bytes a second");
        Path file = directory.resolve("lifted.json");
        Files.writeString(file, ("{" + String.format(rate, 0) + "}").replace('\'', '"'));
        carafe.call("update", "-r", file.toString(), throttled.id()).succeeds();
        Running.await(() -> Files.exists(slow.rootfs().resolve("tmp/read")));
        assertTrue(Files.exists(slow.rootfs().resolve("tmp/read")), "the limit was lifted");
    }

    @Test
    void what_a_network_class_is_called_stands_in_the_hierarchy_that_somebody_mounts() throws IOException, InterruptedException {
        assumeTrue(!Running.isV2(), "cgroup v2 has no network classes");
        needsUnused("net_cls");
        Path tree = Files.createDirectories(directory.resolve("net"));
        Carafe there = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mount -t cgroup -o net_cls,net_prio cgroup " + tree + " && exec \"$@\"", "sh");
        Bundle bundle = bundle("{'network': {'classID': 1048577, 'priorities': [{'name': 'lo', 'priority': 3}]}}", "cat /proc/self/cgroup");
        bundle.linux(linux -> linux.withCgroupsPath("/" + bundle.id())).script("grep -o net_cls.* /proc/self/cgroup; sleep 1000");
        there.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Process look = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", "mount -t cgroup -o net_cls,net_prio cgroup "
                + tree + " && cat " + tree + "/" + bundle.id() + "/net_cls.classid && grep lo " + tree + "/" + bundle.id() + "/net_prio.ifpriomap")
                .redirectErrorStream(true).start();
        assertEquals("1048577\nlo 3\n", new String(look.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        there.call("delete", "--force", bundle.id()).succeeds();
        // A hierarchy whose last mount goes while a cgroup of it is dying stays; it goes some time after a mount that comes and goes later.
        for (int i = 0; i < 5 && !isUnused("net_cls"); i++) {
            there.call("list", "-q");
            for (int moment = 0; moment < 100 && !isUnused("net_cls"); moment++) {
                Thread.sleep(10);
            }
        }
    }

    private static void needsUnused(String controller) {
        assumeTrue(isUnused(controller), "this host has no " + controller + " controller that nobody has mounted");
    }

    private static boolean isUnused(String controller) {
        return Running.text(Path.of("/proc/cgroups")).matches("(?s).*\n" + controller + "\t0\t.*");
    }

    @Test
    void a_limit_that_this_host_cannot_have_is_refused_by_its_name() {
        assertTrue(carafe.run(bundle("{'rdma': {'none_0': {'hcaHandles': 3}}}", "true")).fails().contains("linux.resources.rdma"));
        assertTrue(carafe.run(bundle("{'blockIO': {'leafWeight': 100}}", "true")).fails().contains("linux.resources.blockIO.leafWeight"));
        String wrong = Running.isV2() ? "{'memory': {'swappiness': 10}}" : "{'unified': {'memory.high': '100000'}}";
        assertTrue(carafe.run(bundle(wrong, "true")).fails().contains(Running.isV2() ? "linux.resources.memory.swappiness" : "linux.resources.unified"));
        assertEquals("", carafe.call("list", "-q").out());
    }
}
