package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New limits hold at once; one that cannot be had leaves the old ones. */
@Tag("guest")
@Tag("driver")
@Tag("short")
@ExtendWith(HostUnchanged.class)
class UpdateIT {

    /** What systemd makes of a period without a quota, in which it has no meaning. */
    private static final String PERIOD_OF_SYSTEMD = "max 100000";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Running container;

    @BeforeEach
    void running() {
        assumeTrue(!Running.isV2() || Running.text(Path.of("/sys/fs/cgroup/cgroup.controllers")).contains("memory"),
                "this host's cgroup2 has no memory controller");
        carafe = Carafe.in(directory.resolve("root"));
        container = Running.of(carafe, Bundle.in(directory).args("/bin/sleep", "1000"));
    }

    @AfterEach
    void deleted() {
        if (container != null) {
            container.delete();
        }
    }

    private String forked() {
        return carafe.call("exec", container.id(), "/bin/sh", "-c", "/bin/true; echo forked").out().strip();
    }

    @Test
    void an_updated_pids_limit_refuses_the_next_process() {
        assertEquals("forked", forked());
        carafe.call("update", "--pids-limit", "1", container.id()).succeeds();
        assertEquals("", forked());
        carafe.call("update", "--pids-limit", "-1", container.id()).succeeds();
        assertEquals("forked", forked());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--cpu-share 512        | cpu    | cpu.shares            | 512      | cpu.weight | 59",
            "--cpu-quota 50000      | cpu    | cpu.cfs_quota_us      | 50000    | cpu.max    | 50000 100000",
            "--cpu-period 50000     | cpu    | cpu.cfs_period_us     | 50000    | cpu.max    | max 50000",
            "--cpuset-cpus 0        | cpuset | cpuset.cpus           | 0        | cpuset.cpus | 0",
            "--memory 64m           | memory | memory.limit_in_bytes | 67108864 | memory.max | 67108864",
            "--memory-reservation 32m | memory | memory.soft_limit_in_bytes | 33554432 | memory.low | 33554432",
            "--pids-limit 77        | pids   | pids.max              | 77       | pids.max   | 77",
    })
    void a_flag_becomes_a_limit(String flags, String controller, String v1, String v1Text, String v2, String v2Text) {
        carafe.call(("update " + flags + " " + container.id()).split(" ")).succeeds();
        String expected = !Running.isV2() ? v1Text : Carafe.isSystemdDriver() && v2Text.startsWith("max ") ? PERIOD_OF_SYSTEMD : v2Text;
        Running.await(() -> container.control(controller, v1, v2).equals(expected));
        assertEquals(expected, container.control(controller, v1, v2));
    }

    @Test
    void memory_with_swap_goes_up_and_down() {
        assumeTrue(Running.isV2() || Files.exists(container.cgroup("memory").resolve("memory.memsw.limit_in_bytes")), "no swap accounting");
        for (String[] limits : new String[][] {{"64m", "128m"}, {"256m", "512m"}, {"32m", "64m"}, {"-1", "-1"}, {"32m", "32m"}}) {
            carafe.call("update", "--memory", limits[0], "--memory-swap", limits[1], container.id()).succeeds();
        }
        assertEquals("33554432", container.control("memory", "memory.limit_in_bytes", "memory.max"));
        assertEquals(Running.isV2() ? "0" : "33554432", container.control("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"));
    }

    @Test
    void limits_come_as_a_document_from_a_file_or_from_stdin() throws IOException {
        Path file = directory.resolve("limits.json");
        Files.writeString(file, "{\"pids\":{\"limit\":33},\"cpu\":{\"quota\":40000,\"period\":80000}}");
        carafe.call("update", "-r", file.toString(), "--pids-limit", "44", container.id()).succeeds();
        assertEquals("33", container.control("pids", "pids.max", "pids.max"));
        assertEquals(Running.isV2() ? "40000 80000" : "40000", container.control("cpu", "cpu.cfs_quota_us", "cpu.max"));
    }

    @Test
    void a_failed_update_leaves_every_old_value() {
        carafe.call("update", "--pids-limit", "20", "--cpu-quota", "50000", container.id()).succeeds();
        String complaint = carafe.call("update", "--pids-limit", "30", "--cpu-quota", "1", container.id()).fails();
        assertTrue(complaint.contains("linux.resources.cpu.quota") && complaint.contains("EINVAL"), complaint);
        assertEquals("20", container.control("pids", "pids.max", "pids.max"));
        assertEquals(Running.isV2() ? "50000 100000" : "50000", container.control("cpu", "cpu.cfs_quota_us", "cpu.max"));
    }

    @Test
    void a_burst_may_not_exceed_the_quota_in_whatever_order_they_change() {
        assumeTrue(Files.exists(container.cgroup("cpu").resolve(Running.isV2() ? "cpu.max.burst" : "cpu.cfs_burst_us")), "no burst");
        carafe.call("update", "--cpu-quota", "90000", "--cpu-burst", "80000", container.id()).succeeds();
        carafe.call("update", "--cpu-quota", "20000", "--cpu-burst", "10000", container.id()).succeeds();
        assertEquals("10000", container.control("cpu", "cpu.cfs_burst_us", "cpu.max.burst"));
    }

    @Test
    void what_cannot_be_had_is_told() {
        assertTrue(carafe.call("update", "--blkio-weight", "5", container.id()).fails().contains("linux.resources.blockIO.weight: expected 10 to 1000"));
        assertTrue(carafe.call("update", "--memory", "lots", container.id()).fails().contains("--memory: expected a number"));
        carafe.call("update", "--kernel-memory", "64m", container.id()).succeeds();
    }

    @Test
    void the_share_of_the_cache_needs_resctrl() {
        assumeTrue(!Running.text(Path.of("/proc/self/mountinfo")).contains(" - resctrl "), "this host has resctrl: ResctrlTest shows what is done");
        for (String flag : new String[] {"--l3-cache-schema=L3:0=f", "--mem-bw-schema=MB:0=50"}) {
            assertTrue(carafe.call("update", flag, container.id()).fails().contains("linux.intelRdt: no resctrl file system is mounted"));
        }
    }

    @Test
    void the_weight_of_block_io_goes_to_the_file_that_the_kernel_has() {
        Path directory = container.cgroup(Running.isV2() ? "io" : "blkio");
        String name = java.util.stream.Stream.of("blkio.bfq.weight", "blkio.weight", "io.bfq.weight", "io.weight")
                .filter(file -> Files.exists(directory.resolve(file))).findFirst().orElse("");
        assumeTrue(!name.isEmpty(), "this kernel has no weights of block I/O");
        carafe.call("update", "--blkio-weight", "500", container.id()).succeeds();
        assertEquals(name.equals("io.weight") ? "4950" : "500", Running.text(directory.resolve(name)).replace("default ", ""));
    }

    @Test
    void devices_of_a_document_are_allowed_at_once_and_refused_again() throws IOException {
        Path file = directory.resolve("devices.json");
        String rules = "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}%s]}";
        Path node = container.bundle().rootfs().resolve("fuse");
        assertTrue(call("mknod", node.toString(), "c", "10", "229"));
        Files.writeString(file, String.format(rules, ",{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":229,\"access\":\"r\"}"));
        String open = ": < /fuse && echo opens";
        assertEquals("", carafe.call("exec", container.id(), "/bin/sh", "-c", open).out());
        carafe.call("update", "-r", file.toString(), container.id()).succeeds();
        assertEquals("opens\n", carafe.call("exec", container.id(), "/bin/sh", "-c", open).out());
        Files.writeString(file, String.format(rules, ""));
        carafe.call("update", "-r", file.toString(), container.id()).succeeds();
        assertEquals("", carafe.call("exec", container.id(), "/bin/sh", "-c", open).out());
    }

    private static boolean call(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_stopped_container_has_no_limits() {
        container.call("kill", "KILL").succeeds();
        container.awaitStatus("stopped");
        assertTrue(carafe.call("update", "--pids-limit", "7", container.id()).fails().contains("container not running"));
    }
}
