package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ResourcesJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What events and ps tell is what the kernel tells. */
@Tag("guest")
@Tag("driver")
@ExtendWith(HostUnchanged.class)
class EventsIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Running container;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    @AfterEach
    void deleted() {
        container.delete();
    }

    private Running running(String script) {
        byte[] limits = "{\"memory\":{\"limit\":16777216},\"pids\":{\"limit\":55}}".getBytes(StandardCharsets.UTF_8);
        boolean limited = !Running.isV2() || Running.text(Path.of("/sys/fs/cgroup/cgroup.controllers")).contains("memory");
        Bundle bundle = Bundle.in(directory).writable().script(script);
        container = Running.of(carafe, limited ? bundle.resources(was -> ResourcesJson.read(limits, 0, limits.length)) : bundle);
        return container;
    }

    private static String number(String json, String key) {
        return json.split("\"" + key + "\":", 2)[1].split("[,}\\]]", 2)[0];
    }

    private Process events(String... flags) throws IOException {
        java.util.List<String> command = new java.util.ArrayList<>(
                java.util.List.of(carafe.binary().toString(), "--root", carafe.root().toString(), "events"));
        command.addAll(java.util.List.of(flags));
        command.add(container.id());
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void the_numbers_agree_with_the_files_of_the_cgroup() {
        running("sleep 1000");
        String json = carafe.call("events", "--stats", container.id()).succeeds().out();
        assertTrue(json.startsWith("{\"type\":\"stats\",\"id\":\"" + container.id() + "\",\"data\":{\"cpu\":{"), json);
        assertEquals(1, json.lines().count(), json);
        for (String key : new String[] {"cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"}) {
            assertTrue(json.contains("\"" + key + "\":"), key + " in " + json);
        }
        assumeTrue(json.contains("\"pids\":{\"current\""), "this host's cgroups count no pids");
        assertEquals("1", number(json, "current"));
        assertEquals("55", json.split("\"pids\":")[1].split("\"limit\":")[1].split("}")[0]);
        assertEquals("16777216", number(json.split("\"usage\":\\{")[2], "limit"));
        assertTrue(Long.parseLong(number(json, "total")) <= Long.parseLong(container.control("cpuacct", "cpuacct.usage", "cpu.stat")
                .replaceAll("(?s)usage_usec (\\d+).*", "$1000")), json);
        assertTrue(Long.parseLong(number(json, "total")) > 0, json);
        assertTrue(json.contains("{\"Name\":\"lo\",\"RxBytes\":0,"), json);
    }

    @Test
    void events_come_until_the_container_ends() throws Exception {
        running("sleep 1000");
        Process events = events("--interval", "20ms");
        try (BufferedReader lines = events.inputReader()) {
            for (int i = 0; i < 3; i++) {
                assertTrue(lines.readLine().startsWith("{\"type\":\"stats\""));
            }
            container.call("kill", "KILL").succeeds();
            while (lines.readLine() != null) {
                continue; // a full pipe would hold it up
            }
            assertTrue(events.waitFor(180, TimeUnit.SECONDS), "it should have ended");
            assertEquals(0, events.exitValue());
        }
        container.awaitStatus("stopped");
        assertTrue(carafe.call("events", "--stats", container.id()).fails().contains("container not running"));
    }

    @Test
    void running_out_of_memory_is_told() throws Exception {
        running("while ! test -e /tmp/go; do usleep 10000; done; tail -c 100000000 /dev/zero > /dev/null; sleep 1000");
        assumeTrue(carafe.call("events", "--stats", container.id()).out().contains("\"memory\":{\"cache\""),
                "this host's cgroups count no memory");
        Process events = events("--interval", "10ms");
        try (BufferedReader lines = events.inputReader()) {
            lines.readLine();
            // The notice is asked for before the first count is told.
            Files.createFile(container.bundle().rootfs().resolve("tmp/go"));
            String line = lines.readLine();
            for (int i = 0; i < 18_000 && !line.contains("\"oom\""); i++) {
                line = lines.readLine();
            }
            assertEquals("{\"type\":\"oom\",\"id\":\"" + container.id() + "\"}", line);
        } finally {
            events.destroy();
            events.waitFor();
        }
    }

    @Test
    void ps_has_every_process_and_no_other() throws IOException {
        running("sleep 1000 & sleep 2000 & wait");
        Running.await(() -> carafe.call("ps", "--format", "json", container.id()).out().split(",").length == 3);
        String json = carafe.call("ps", "--format", "json", container.id()).succeeds().out();
        assertTrue(json.matches("\\[\\d+,\\d+,\\d+\\]\n"), json);
        assertTrue(json.contains(Integer.toString(container.pid())), json);
        String table = carafe.call("ps", container.id()).succeeds().out();
        assertEquals(4, table.lines().count(), table);
        assertTrue(table.contains("PID") && table.contains("sleep 1000") && table.contains("sleep 2000"), table);
        assertEquals(4, carafe.call("ps", container.id(), "-o", "pid,args", "-e").succeeds().out().lines().count());
        assertTrue(carafe.call("ps", container.id(), "-o", "args").fails().contains("PID"));
        container.call("kill", "KILL").succeeds();
        container.awaitStatus("stopped");
        assertEquals("[]\n", carafe.call("ps", "--format", "json", container.id()).succeeds().out());
    }

    @Test
    void kill_all_reaches_every_process_and_minds_no_stopped_container() {
        running("trap : TERM; sh -c 'trap \"echo got > /tmp/child; exit\" TERM; echo up > /tmp/up; while :; do usleep 1000; done' & wait; wait; sleep 1000");
        Running.await(() -> Files.exists(container.bundle().rootfs().resolve("tmp/up")));
        carafe.call("kill", "--all", container.id(), "TERM").succeeds();
        Running.await(() -> Files.exists(container.bundle().rootfs().resolve("tmp/child")));
        assertTrue(Files.exists(container.bundle().rootfs().resolve("tmp/child")));
        carafe.call("kill", "-a", container.id(), "KILL").succeeds();
        container.awaitStatus("stopped");
        carafe.call("kill", "-a", container.id(), "KILL").succeeds();
        assertTrue(container.call("kill", "KILL").fails().contains("container not running"));
    }

    @Test
    void signal_0_asks_whether_it_lives() {
        running("sleep 1000");
        container.call("kill", "0").succeeds();
        assertEquals("running", container.status());
        container.call("kill", "KILL").succeeds();
        container.awaitStatus("stopped");
        assertTrue(container.call("kill", "0").fails().contains("container not running"));
    }

    @Test
    void real_time_signals_have_names() {
        running("trap 'exit 5' 36; echo up > /tmp/up; while :; do usleep 1000; done");
        Running.await(() -> Files.exists(container.bundle().rootfs().resolve("tmp/up")));
        container.call("kill", "SIGRTMIN+2").succeeds();
        container.awaitStatus("stopped");
    }
}
