package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.runtime.cgroup.device.DeviceRulesTest;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.DeviceCgroup;
import io.carafe.spec.resources.HugepageLimit;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.resources.ThrottleDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What limits do to processes, and how a limit that fails leaves things. */
@Tag("guest")
class LimitsTest extends RealCgroups {

    private static final long MEBIBYTE = 1 << 20;

    private Cgroup limited(String name, Resources resources) {
        Cgroup cgroup = make(RUN + "/" + name, resources);
        cgroup.limit();
        return cgroup;
    }

    @Test
    void a_process_that_takes_more_memory_than_its_limit_is_killed() throws Exception {
        needs("memory");
        Cgroup cgroup = limited("memory", Resources.EMPTY.withMemory(Memory.EMPTY.withLimit(20 * MEBIBYTE).withSwap(20 * MEBIBYTE)));
        String directory = directory(cgroup, "memory");
        // tail keeps what it must print in the end.
        Process process = inside(cgroup, "head -c 100m /dev/zero | tail -c 100m | wc -c");
        String output = output(process);
        assertNotEquals("joined\n104857600\n", output);
        String events = read(directory + (host.isV2() ? "/memory.events" : "/memory.oom_control"));
        assertTrue(events.matches("(?s).*oom_kill [1-9].*"), events);
    }

    @Test
    void below_its_memory_limit_a_process_is_let_alone() throws Exception {
        needs("memory");
        Cgroup cgroup = limited("roomy", Resources.EMPTY.withMemory(Memory.EMPTY.withLimit(300 * MEBIBYTE)));
        assertEquals("joined\n104857600\n", output(inside(cgroup, "head -c 100m /dev/zero | tail -c 100m | wc -c")));
    }

    @Test
    void the_process_over_the_pids_limit_is_not_forked() throws Exception {
        needs("pids");
        Cgroup cgroup = limited("pids", Resources.EMPTY.withPids(Pids.of(3)));
        Process process = inside(cgroup, "for name in one two three; do sleep 100 > /dev/null 2>&1 & echo $name; done");
        String output = output(process);
        assertTrue(output.startsWith("joined\none\ntwo\n") && !output.contains("three"), output);
        assertNotEquals(0, process.exitValue(), output);
    }

    @Test
    void with_a_pids_limit_of_0_nothing_can_be_forked() throws Exception {
        needs("pids");
        Cgroup cgroup = limited("nopids", Resources.EMPTY.withPids(Pids.of(0)));
        assertEquals("0", read(directory(cgroup, "pids") + "/pids.max"));
        assertNotEquals(0, inside(cgroup, "/bin/true; echo after").waitFor());
    }

    @Test
    void a_quota_throttles() throws Exception {
        needs("cpu");
        Cgroup cgroup = limited("cpu", Resources.EMPTY.withCpu(Cpu.EMPTY.withQuota(5_000, 50_000)));
        String stat = directory(cgroup, "cpu") + "/cpu.stat";
        awaitJoined(inside(cgroup, "while :; do :; done"));
        await("it is throttled", () -> {
            try {
                return read(stat).matches("(?s).*nr_throttled [1-9].*");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void cpus_hold_from_the_start_without_a_call_of_limit() throws Exception {
        needs("cpuset");
        Cgroup cgroup = make(RUN + "/cpus/below", Resources.EMPTY.withCpu(Cpu.EMPTY.withCpus("0")));
        assertEquals("joined\n0\n", output(inside(cgroup, "grep Cpus_allowed_list /proc/self/status | tr -d 'a-zA-Z_:[:blank:]'")));
    }

    @Test
    void shares_are_written() throws Exception {
        needs("cpu");
        Cgroup cgroup = limited("shares", Resources.EMPTY.withCpu(Cpu.EMPTY.withShares(512)));
        assertEquals(host.isV2() ? "59" : "512", read(directory(cgroup, "cpu") + (host.isV2() ? "/cpu.weight" : "/cpu.shares")));
    }

    @Test
    void a_limit_that_the_kernel_refuses_names_its_property() {
        needs("cpu");
        Cgroup cgroup = make(RUN + "/refused", Resources.EMPTY.withCpu(Cpu.EMPTY.withQuota(1, 100_000)));
        KernelException refused = assertThrows(KernelException.class, cgroup::limit);
        assertTrue(refused.is(Errno.EINVAL), refused.getMessage());
        assertTrue(refused.getMessage().startsWith("linux.resources.cpu.quota: write \"" + (host.isV2() ? "1 100000" : "1") + "\" to /"),
                refused.getMessage());
    }

    @Test
    void a_cpuset_that_the_kernel_refuses_leaves_nothing_behind() {
        needs("cpuset");
        KernelException refused = assertThrows(KernelException.class,
                () -> make(RUN + "/nocpu", Resources.EMPTY.withCpu(Cpu.EMPTY.withCpus("4000"))));
        assertTrue(refused.getMessage().startsWith("linux.resources.cpu.cpus: "), refused.getMessage());
        // The check after all tests looks for what is left.
    }

    @Test
    void on_v1_a_device_that_no_rule_allows_can_be_made_but_not_opened(@TempDir Path scratch) throws Exception {
        assumeTrue(host.v1With("devices").isPresent(), "this host has no v1 devices controller");
        assertDevices(limited("devices", Resources.EMPTY), scratch);
    }

    @Test
    void on_cgroup2_a_program_decides_the_same(@TempDir Path scratch) throws Exception {
        assertDevices(onlyUnified("program", Resources.EMPTY.withDevices(List.of(DeviceCgroup.all(false, "rwm")))), scratch);
    }

    /** 1:11 is kmsg, which root may open here and no rule of the default list allows. */
    private void assertDevices(Cgroup cgroup, Path scratch) throws Exception {
        String script = "cd " + scratch + " && mknod kmsg c 1 11 && mknod null c 1 3 && (: < null) && echo null opens && (: > null)"
                + " && echo null writes; (: < kmsg) 2>/dev/null && echo kmsg opens;"
                + " mknod x b 7 0 && (: < x) 2>/dev/null && echo block opens; true";
        Process outside = new ProcessBuilder("sh", "-c", "cd " + scratch + " && mknod k c 1 11 && : < k").start();
        assertEquals(0, outside.waitFor(), "outside the cgroup it can be opened");
        assertEquals("joined\nnull opens\nnull writes\n", output(inside(cgroup, script)));
    }

    @Test
    void on_cgroup2_an_allowed_device_can_only_be_used_as_allowed(@TempDir Path scratch) throws Exception {
        Cgroup cgroup = onlyUnified("readonly",
                Resources.EMPTY.withDevices(DeviceRulesTest.configured("-a *:* rwm; +c 1:* rw; -c 1:11 w")));
        assertEquals("joined\nreads\n", output(inside(cgroup, "cd " + scratch + " && mknod kmsg c 1 11"
                + " && (: < kmsg) && echo reads; (: >> kmsg) 2>/dev/null && echo writes; true")));
    }

    @Test
    void a_privileged_container_has_all_devices(@TempDir Path scratch) throws Exception {
        List<DeviceCgroup> all = List.of(DeviceCgroup.all(true, "rwm"));
        Cgroup cgroup = limited("privileged", Resources.EMPTY.withDevices(all));
        assertEquals("joined\nopens\n", output(inside(cgroup, "cd " + scratch + " && mknod kmsg c 1 11 && (: < kmsg) && echo opens")));
    }

    /** The unified tree of a hybrid taken for a host with v2 alone: it takes device programs while v1 has its own rules. */
    private Cgroup onlyUnified(String name, Resources resources) {
        assumeTrue(host.unified().isPresent(), "this host has no cgroup2");
        Hierarchy unified = host.unified().get();
        Hierarchies v2 = new Hierarchies(List.of(), Optional.of(new Hierarchy(2, List.of(), unified.mountPoint(), unified.own())));
        Cgroup cgroup = Cgroup.make(linux, CgroupPlan.of(Optional.of("/" + RUN + "/" + name), Optional.of(resources), "unused", v2));
        made.add(cgroup);
        cgroup.limit();
        return cgroup;
    }

    /** A shell that tells, at every line that it reads, which of two devices it may open: kmsg and null. */
    private Process asked(Cgroup cgroup, Path scratch) throws Exception {
        return inside(cgroup, "cd " + scratch + " && mknod kmsg c 1 11 && mknod null c 1 3; while read line; do"
                + " (: < kmsg) 2>/dev/null && echo kmsg; (: < null) 2>/dev/null && echo null; echo .; done");
    }

    private static String answer(Process asked) throws IOException {
        asked.getOutputStream().write('\n');
        asked.getOutputStream().flush();
        StringBuilder answer = new StringBuilder();
        for (int c = asked.getInputStream().read(); c != '.'; c = asked.getInputStream().read()) {
            answer.append((char) c);
        }
        asked.getInputStream().read();
        return answer.toString().replace('\n', ' ').strip();
    }

    private void assertReplaced(Cgroup cgroup, Path scratch) throws Exception {
        Process asked = asked(cgroup, scratch);
        awaitJoined(asked);
        assertEquals("null", answer(asked));
        for (String[] rules : new String[][] {{"-a *:* rwm; +c 1:11 rw", "kmsg null"}, {"-a *:* rwm", "null"}, {"+a *:* rwm", "kmsg null"},
            {"+a *:* rwm; -c 1:11 r", "null"}, {"-a *:* rwm; +c 1:11 r", "kmsg null"}}) {
            new CgroupUpdate(linux, cgroup.paths()).to(Resources.EMPTY.withDevices(DeviceRulesTest.configured(rules[0])));
            assertEquals(rules[1], answer(asked), rules[0]);
        }
    }

    @Test
    void an_update_replaces_the_program_of_cgroup2(@TempDir Path scratch) throws Exception {
        Cgroup whole = onlyUnified("replaced", Resources.EMPTY);
        assertReplaced(whole, scratch);
    }

    @Test
    void an_update_replaces_the_rules_of_v1(@TempDir Path scratch) throws Exception {
        assumeTrue(host.v1With("devices").isPresent(), "this host has no v1 devices controller");
        assertReplaced(limited("rules", Resources.EMPTY), scratch);
    }

    @Test
    void a_cgroup2_that_is_taken_over_keeps_nothing_of_the_devices_that_it_allowed(@TempDir Path scratch) throws Exception {
        onlyUnified("taken", Resources.EMPTY.withDevices(DeviceRulesTest.configured("-a *:* rwm")));
        Cgroup after = onlyUnified("taken", Resources.EMPTY.withDevices(DeviceRulesTest.configured("-a *:* rwm; +c 1:11 rw")));
        Process asked = asked(after, scratch);
        awaitJoined(asked);
        assertEquals("kmsg null", answer(asked));
    }

    @Test
    void a_hybrid_limits_huge_pages_in_its_unified_tree() throws Exception {
        Hierarchies found = host.withHugePages(linux);
        assumeTrue(!host.isV2() && found.unified().map(tree -> tree.controllers().contains("hugetlb")).orElse(false)
                && found.hugePages().contains("2MB"), "this host is no hybrid with hugetlb in its cgroup2");
        boolean before = Files.readString(Path.of(found.unified().get().mountPoint(), "cgroup.subtree_control")).contains("hugetlb");
        Resources resources = new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new HugepageLimit("2MB", 4 * MEBIBYTE)), Optional.empty(), Map.of(), Map.of());
        Cgroup cgroup = Cgroup.make(linux, CgroupPlan.of(Optional.of("/" + RUN + "/pages"), Optional.of(resources), "unused", found));
        try {
            cgroup.limit();
            String directory = cgroup.paths().unified().orElseThrow();
            assertEquals("4194304", read(directory + "/hugetlb.2MB.rsvd.max"));
            assertEquals("4194304", read(directory + "/hugetlb.2MB.max"));
            new CgroupUpdate(linux, cgroup.paths()).to(new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.empty(), List.of(new HugepageLimit("2MB", 2 * MEBIBYTE)), Optional.empty(), Map.of(), Map.of()));
            assertEquals("2097152", read(directory + "/hugetlb.2MB.rsvd.max"));
        } finally {
            cgroup.remove();
            if (!before) {
                Files.writeString(Path.of(found.unified().get().mountPoint(), "cgroup.subtree_control"), "-hugetlb");
            }
        }
    }

    @Test
    void weights_are_written_to_the_file_that_the_kernel_has_and_go_back_when_an_update_fails() throws Exception {
        needs(host.isV2() ? "io" : "blkio");
        Cgroup cgroup = make(RUN + "/weight", weight(300));
        String directory = directory(cgroup, "blkio");
        List<String> files = host.isV2() ? List.of("io.bfq.weight", "io.weight") : List.of("blkio.bfq.weight", "blkio.weight");
        Optional<String> file = files.stream().filter(name -> Files.exists(Path.of(directory, name))).findFirst();
        assumeTrue(file.isPresent(), "this kernel has no weights of block I/O");
        cgroup.limit();
        String written = file.get().equals("io.weight") ? "2930" : "300";
        assertEquals(written, read(directory + "/" + file.get()).replace("default ", ""));
        Resources refused = new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(new BlockIO(OptionalInt.of(500),
                OptionalInt.empty(), List.of(), List.of(new ThrottleDevice(4000, 1, 1)), List.of(), List.of(), List.of())), List.of(), Optional.empty(),
                Map.of(), Map.of());
        KernelException complaint = assertThrows(KernelException.class, () -> new CgroupUpdate(linux, cgroup.paths()).to(refused));
        assertTrue(complaint.getMessage().contains("throttleReadBpsDevice") && complaint.getMessage().contains("no such device"), complaint.getMessage());
        assertEquals(written, read(directory + "/" + file.get()).replace("default ", ""));
    }

    private static Resources weight(int weight) {
        return new Resources(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(new BlockIO(OptionalInt.of(weight),
                OptionalInt.empty(), List.of(), List.of(), List.of(), List.of(), List.of())), List.of(), Optional.empty(), Map.of(), Map.of());
    }

    @Test
    void controllers_are_handed_down_from_the_root() throws Exception {
        assumeTrue(host.unified().isPresent(), "this host has no cgroup2");
        Hierarchy tree = host.unified().get();
        assumeTrue(read(tree.mountPoint() + "/cgroup.controllers").contains("hugetlb"), "this host has no hugetlb in cgroup2");
        Path root = Path.of(tree.mountPoint(), "cgroup.subtree_control");
        boolean before = Files.readString(root).contains("hugetlb");
        Hierarchies v2 = new Hierarchies(List.of(), Optional.of(new Hierarchy(2, List.of("hugetlb"), tree.mountPoint(), tree.own())));
        Resources resources = Resources.EMPTY.withUnified(Map.of("hugetlb.2MB.max", "4194304"));
        Cgroup cgroup = Cgroup.make(linux, CgroupPlan.of(Optional.of("/" + RUN + "/handed/down"), Optional.of(resources), "unused", v2));
        try {
            cgroup.limit();
            assertEquals("4194304", read(cgroup.paths().unified().orElseThrow() + "/hugetlb.2MB.max"));
        } finally {
            cgroup.remove();
            if (!before) {
                Files.writeString(root, "-hugetlb");
            }
        }
    }
}
