package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ResourcesJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A container in a scope of systemd: what it says of it, what the kernel does, and that nothing is left. */
@Tag("systemd")
@Tag("short")
@ExtendWith(HostUnchanged.class)
class SystemdIT {

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        assumeTrue(Files.exists(Path.of("/run/systemd/system")), "no systemd runs here");
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output.strip();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String unit() {
        return "carafe-" + bundle.id() + ".scope";
    }

    private static Map<String, String> shown(String unit, String properties) {
        return Arrays.stream(output("systemctl", "show", unit, "-p", properties).split("\n"))
                .collect(Collectors.toMap(line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
    }

    private void assertGone(String unit) {
        assertEquals("inactive", shown(unit, "ActiveState").get("ActiveState"), unit);
        assertEquals("not-found", shown(unit, "LoadState").get("LoadState"), unit);
    }

    private Bundle limited(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return bundle.resources(was -> ResourcesJson.read(bytes, 0, bytes.length));
    }

    private Bundle at(String cgroupsPath) {
        return bundle.linux(linux -> linux.withCgroupsPath(cgroupsPath));
    }

    private Bundle annotated(String key, String value) {
        return bundle.config(config -> config.withAnnotations(Map.of(key, value)));
    }

    private Running running(String... flags) {
        String[] words = new String[flags.length + 5];
        System.arraycopy(flags, 0, words, 0, flags.length);
        System.arraycopy(new String[] {"run", "--detach", "--bundle", bundle.path().toString(), bundle.id()}, 0, words, flags.length, 5);
        carafe.call(words).succeeds();
        return new Running(carafe, bundle);
    }

    @Test
    void limits_are_the_scopes_properties_and_the_kernels() {
        limited("{\"memory\":{\"limit\":67108864,\"swap\":134217728,\"reservation\":1048576},"
                + "\"cpu\":{\"shares\":512,\"quota\":50000,\"period\":100000,\"cpus\":\"0\",\"mems\":\"0\"},\"pids\":{\"limit\":51}}");
        Running container = running("--systemd-cgroup");
        assertEquals(Map.of("MemoryMax", "67108864", "MemorySwapMax", "67108864", "MemoryLow", "1048576", "CPUWeight", "59",
                "CPUQuotaPerSecUSec", "500ms", "AllowedCPUs", "0", "AllowedMemoryNodes", "0", "TasksMax", "51", "Delegate", "yes"),
                shown(unit(), "MemoryMax,MemorySwapMax,MemoryLow,CPUWeight,CPUQuotaPerSecUSec,AllowedCPUs,AllowedMemoryNodes,TasksMax,Delegate"));
        assertEquals("/system.slice/" + unit(), shown(unit(), "ControlGroup").get("ControlGroup"));
        assertEquals(CGROUPS + "/system.slice/" + unit(), container.cgroup("pids").toString());
        assertEquals("50000 100000", Running.text(container.cgroup("cpu").resolve("cpu.max")));
        assertEquals("51", Running.text(container.cgroup("pids").resolve("pids.max")));
        Path cgroup = container.cgroup("pids");
        container.delete();
        assertGone(unit());
        assertFalse(Files.exists(cgroup));
    }

    @Test
    void a_slice_is_made_with_those_above_it() {
        at("carafetest-inner.slice:pre:" + bundle.id());
        Running container = running("--cgroup-manager", "systemd");
        assertEquals(CGROUPS + "/carafetest.slice/carafetest-inner.slice/pre-" + bundle.id() + ".scope", container.cgroup("pids").toString());
        assertEquals("carafetest-inner.slice", shown("pre-" + bundle.id() + ".scope", "Slice").get("Slice"));
        container.delete();
        assertGone("pre-" + bundle.id() + ".scope");
        output("systemctl", "stop", "carafetest.slice");
    }

    @Test
    void an_attached_run_gives_the_exit_code_and_leaves_no_unit() {
        bundle.script("exit 7");
        assertEquals(7, carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).code());
        assertGone(unit());
    }

    @Test
    void who_is_killed_for_its_memory_can_be_run_again_by_the_same_name() {
        limited("{\"memory\":{\"limit\":16777216,\"swap\":16777216}}").script("tail -c 100000000 /dev/zero > /dev/null; exit $?");
        for (int i = 0; i < 2; i++) {
            assertEquals(137, carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).code());
        }
        assertGone(unit());
    }

    @Test
    void a_further_process_is_in_the_scope_and_pause_stops_all() {
        Running container = running("--systemd-cgroup");
        Process sleep = carafe.start("exec", bundle.id(), "/bin/sleep", "1000");
        Running.await(() -> Running.text(container.cgroup("pids").resolve("cgroup.procs")).lines().count() == 2);
        assertEquals(2, Running.text(container.cgroup("pids").resolve("cgroup.procs")).lines().count());
        container.call("pause").succeeds();
        assertEquals("paused", container.status());
        assertTrue(Running.text(container.cgroup("pids").resolve("cgroup.events")).contains("frozen 1"));
        container.call("resume").succeeds();
        container.call("kill", "--all", "KILL").succeeds();
        assertEquals(137, carafe.finish(sleep, "exec").code());
        container.awaitStatus("stopped");
        container.call("delete").succeeds();
        assertGone(unit());
    }

    @Test
    void an_update_is_known_to_systemd_and_outlives_its_reload() {
        Running container = running("--systemd-cgroup");
        carafe.call("update", "--memory", "32m", "--memory-swap", "64m", "--cpu-quota", "30000", "--pids-limit", "20", bundle.id()).succeeds();
        assertEquals(Map.of("MemoryMax", "33554432", "MemorySwapMax", "33554432", "CPUQuotaPerSecUSec", "300ms", "TasksMax", "20"),
                shown(unit(), "MemoryMax,MemorySwapMax,CPUQuotaPerSecUSec,TasksMax"));
        output("systemctl", "daemon-reload");
        assertEquals("33554432", Running.text(container.cgroup("memory").resolve("memory.max")));
        assertEquals("30000 100000", Running.text(container.cgroup("cpu").resolve("cpu.max")));
        assertEquals("20", Running.text(container.cgroup("pids").resolve("pids.max")));
        container.delete();
    }

    @Test
    void devices_are_still_refused_after_a_reload() {
        bundle.writable();
        Running container = running("--systemd-cgroup");
        output("systemctl", "daemon-reload");
        String script = "echo x > /dev/null && mknod /tmp/kmsg c 1 11 && head -c 1 /tmp/kmsg";
        String said = carafe.call("exec", "--cap", "CAP_MKNOD", bundle.id(), "/bin/sh", "-c", script).err();
        assertTrue(said.contains("Operation not permitted"), said);
        container.delete();
    }

    @Test
    void an_annotation_is_a_property() {
        annotated("org.systemd.property.TimeoutStopSec", "5");
        Running container = running("--systemd-cgroup");
        assertEquals("5s", shown(unit(), "TimeoutStopUSec").get("TimeoutStopUSec"));
        container.delete();
    }

    @Test
    void what_systemd_refuses_is_told_and_leaves_nothing() {
        annotated("org.systemd.property.NoSuchThing", "true");
        String line = carafe.call("--systemd-cgroup", "--trust-annotations", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertTrue(line.contains("StartTransientUnit") && line.contains("NoSuchThing"), line);
        assertGone(unit());
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void another_units_name_is_refused_and_that_unit_left_alone() {
        output("systemd-run", "--scope", "--unit=" + unit(), "--collect", "sh", "-c", "sleep 1000 >/dev/null 2>&1 &");
        String line = carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertTrue(line.contains("UnitExists"), line);
        assertEquals("active", shown(unit(), "ActiveState").get("ActiveState"));
        output("systemctl", "kill", "-s", "KILL", unit());
        output("systemctl", "stop", unit());
    }

    @Test
    void a_path_of_another_form_is_refused() {
        at("/carafe/one");
        String line = carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertTrue(line.contains("linux.cgroupsPath: expected slice:prefix:name"), line);
    }

    @Test
    void an_init_that_fails_takes_the_scope_along() {
        bundle.args("/no/such/program");
        carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertGone(unit());
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void the_plan_shows_the_scope() {
        String plan = carafe.call("--systemd-cgroup", "plan", bundle.path().toString()).succeeds().out();
        assertTrue(plan.contains("have systemd start " + unit() + " in system.slice"), plan);
    }
}
