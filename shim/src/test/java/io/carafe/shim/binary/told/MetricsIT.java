package io.carafe.shim.binary.told;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.shim.binary.TaskBundle;
import io.carafe.shim.binary.TestShim;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Responses;
import io.carafe.spec.codec.ResourcesJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of one container, told by both shims, field by field. */
@Tag("guest")
class MetricsIT {

    private static final Path THEIRS = Path.of("/usr/bin/containerd-shim-runc-v2");
    private static final String V2 = "io.containerd.cgroups.v2.Metrics";
    /** What spends each resource that a host may count: some processor time, more memory than it may have, a file that is written down. */
    private static final String WORK = "dd if=/dev/zero of=/f bs=1M count=24 conv=fsync; dd if=/f of=/dev/null bs=1M; i=0; "
            + "while [ $i -lt 100000 ]; do i=$((i+1)); done; sleep 1000 & echo >/done; exec sleep 1000";
    private static final byte[] LIMITS = ("{\"memory\":{\"limit\":16777216},\"pids\":{\"limit\":PIDS},\"cpu\":{\"quota\":50000,\"period\":100000}}")
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;
    private TestShim ours;
    private TestShim theirs;
    private Fd log;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        assumeTrue(Files.isExecutable(THEIRS), "containerd-shim-runc-v2 is not installed");
        ours = new TestShim(Files.createDirectory(directory.resolve("ours")), TestShim.carafe());
    }

    @AfterEach
    void close() throws IOException {
        if (theirs != null) {
            theirs.answer("Delete", TestShim.id("one"));
            theirs.close();
            log.close();
        }
        if (ours != null) {
            ours.close();
        }
    }

    /** A shim of theirs that takes our container's process for its own: its runtime makes none. */
    private void theirsOf(int pid) throws IOException {
        Path runtime = Files.writeString(directory.resolve("runtime"), "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" != --pid-file ] || printf " + pid
                + " >\"$2\"; shift; done\n");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        theirs = new TestShim(Files.createDirectory(directory.resolve("theirs")), runtime.toString()).by(THEIRS, Map.of());
        TaskBundle bundle = theirs.bundle("one", "true");
        log = theirs.wire.linux.files.open(theirs.fifo("one/log"), FileFlags.O_RDWR); // without it theirs ends
        theirs.connect(theirs.startAction(bundle).text());
        theirs.create(bundle, false, "", "", "");
    }

    private static Any stats(TestShim shim) {
        return Responses.Stats.TABLE.read(shim.call("Stats", TestShim.id("one"))).stats().orElseThrow();
    }

    private static Map<String, String> read(Any stats) {
        return MetricsProto.read(stats.typeUrl().substring(stats.typeUrl().lastIndexOf('/') + 1), stats.value());
    }

    /** By the metrics of ours, what the files have for those fields that containerd 1.6, which Debian 12 has, did not know. */
    private static Map<String, String> newer(Any stats, int pid) {
        if (!stats.is(V2)) {
            return new TreeMap<>();
        }
        Map<String, String> values = new TreeMap<>();
        for (String controller : List.of("cpu", "memory", "io")) {
            for (String line : file(pid, controller + ".pressure").lines().toList()) {
                String[] words = line.split(" ");
                for (int i = 1; i < words.length; i++) {
                    String[] pair = words[i].split("=");
                    values.put(controller + ".psi." + words[0] + "." + pair[0], MetricsProto.plain(pair[1]));
                }
            }
        }
        for (String name : List.of("nr_bursts", "burst_usec")) {
            values.put("cpu." + name, entry(file(pid, "cpu.stat"), name));
        }
        for (String name : List.of("refault_anon", "refault_file", "activate_anon", "activate_file")) {
            values.put("memory.workingset_" + name, entry(file(pid, "memory.stat"), "workingset_" + name));
        }
        values.put("memory.max_usage", file(pid, "memory.peak").strip());
        values.put("memory.swap_max_usage", file(pid, "memory.swap.peak").strip());
        values.put("memory_events.oom_group_kill", entry(file(pid, "memory.events"), "oom_group_kill"));
        values.values().removeIf(text -> text.equals("0") || text.isEmpty());
        return values;
    }

    private static String entry(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name + " ")).map(line -> line.substring(name.length() + 1)).findFirst().orElse("0");
    }

    private static String file(int pid, String name) {
        try {
            String path = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).get(0).replaceFirst("0::", "");
            Path file = Path.of("/sys/fs/cgroup" + path, name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compare(String pidsLimit) throws IOException {
        byte[] limits = new String(LIMITS, StandardCharsets.UTF_8).replace("PIDS", pidsLimit).getBytes(StandardCharsets.UTF_8);
        TaskBundle bundle = ours.bundle("one", WORK).config(config -> config.withLinux(config.linux().orElseThrow()
                .withResources(ResourcesJson.read(limits, 0, limits.length))));
        int pid = ours.run(bundle);
        ours.wire.turnUntil(() -> Files.exists(bundle.path().resolve("rootfs/done")));
        theirsOf(pid);
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> told = new TreeMap<>();
        ours.wire.turnUntil(() -> { // until nothing changes between two looks
            Any before = stats(ours);
            Map<String, String> files = newer(before, pid);
            told.clear();
            told.putAll(read(before));
            expected.clear();
            expected.putAll(read(stats(theirs)));
            expected.putAll(files);
            return read(stats(ours)).equals(told) && newer(before, pid).equals(files);
        });
        System.out.println(stats(ours).typeUrl() + ": " + told.size() + " fields that are not 0");
        Set<String> network = new TreeSet<>(told.keySet());
        network.removeIf(path -> !path.startsWith("network["));
        told.keySet().removeAll(network); // which theirs does not tell: MetricsV2Test
        assertEquals(lines(expected), lines(told));
        assertTrue(told.size() > 30, () -> lines(told));
    }

    private static String lines(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((path, value) -> text.append(path).append(' ').append(value).append('\n'));
        return text.toString();
    }

    @Test
    void each_field_is_as_theirs_or_as_the_file_that_it_is_of() throws IOException {
        compare("77");
    }

    @Test
    void no_limit_is_told_as_theirs_tells_it() throws IOException {
        compare("-1");
    }
}
