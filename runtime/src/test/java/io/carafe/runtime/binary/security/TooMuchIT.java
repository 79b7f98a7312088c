package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.Carafe.Result;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.process.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Documents that are too much for the memory there is: one line on stderr, the same in the log, and nothing stays. */
@ExtendWith(HostUnchanged.class)
class TooMuchIT {

    private static final int ANNOTATIONS = 60_000;
    private static final String WORDS = "out of memory";

    @TempDir
    private Path directory;
    private Path root;
    private Path log;
    private Carafe carafe;

    @BeforeEach
    void folders() {
        root = directory.resolve("root");
        log = directory.resolve("log");
        carafe = Carafe.in(root);
    }

    /** With an address space of so many megabytes. */
    private Carafe within(int megabytes) {
        return carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c", "ulimit -v " + megabytes * 1024 + "; exec \"$@\"", "sh");
    }

    private static Bundle withAnnotations(Bundle bundle, int count) {
        Map<String, String> annotations = new HashMap<>();
        for (int i = 0; i < count; i++) {
            annotations.put("org.example.annotation." + i, "v".repeat(40));
        }
        return bundle.config(config -> config.withAnnotations(annotations));
    }

    /** What it says in one line it says in the log; and what it made is taken back. @return whether it failed for want of memory */
    private boolean tells(Result result, int code) throws IOException {
        String line = result.failsWith(code);
        String logged = Files.readString(log);
        assertEquals(1, logged.lines().count(), logged);
        assertTrue(logged.contains(line.substring("carafe: ".length()).replace("\"", "\\\"")), logged + line);
        Files.delete(log);
        return line.contains(WORDS);
    }

    @Test
    void a_document_that_needs_more_memory_than_there_is_is_one_line_wherever_it_ends() throws IOException {
        Bundle bundle = withAnnotations(Bundle.in(directory).args("/bin/true"), ANNOTATIONS);
        boolean scarce = false;
        boolean enough = false;
        // Scarce at the first read, at some later step, and at last not at all.
        for (int megabytes = 64; megabytes <= 512 && !enough; megabytes += megabytes / 8) {
            Result result = within(megabytes).call("--log", log.toString(), "run", "--bundle", bundle.path().toString(), bundle.id());
            enough = result.code() == 0;
            scarce |= !enough && tells(result, 1);
            assertFalse(Files.exists(root.resolve(bundle.id())), result::toString);
        }
        assertTrue(scarce && enough, "scarce: " + scarce + ", enough: " + enough);
    }

    /** Its characters are two bytes in config.json and six in state.json, which no verb could read again. */
    @Test
    void a_document_whose_state_would_be_too_large_is_refused() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/true").config(config -> config.withAnnotations(Map.of("a", "\u0085".repeat(5 << 20))));
        bundle.save(Files.readString(bundle.path().resolve("config.json")).replace("\\u0085", "\u0085"));
        Result result = carafe.call("--log", log.toString(), "run", "--bundle", bundle.path().toString(), bundle.id());
        assertFalse(tells(result, 1));
        assertTrue(result.err().contains("too large for state.json: expected at most 16777216 bytes"), result::toString);
        assertFalse(Files.exists(root.resolve(bundle.id())), result::toString);
    }

    @Test
    void of_a_hundred_thousand_warnings_some_are_shown() {
        List<String> names = Stream.iterate(0, i -> i + 1).limit(100_000).map(i -> "CAP_" + i).toList();
        Bundle bundle = Bundle.in(directory).args("/bin/true").process(process -> process.withCapabilities(
                new Capabilities(names, List.of(), List.of(), List.of(), List.of())));
        List<String> lines = carafe.run(bundle).succeeds().err().lines().toList();
        assertEquals(1001, lines.size());
        assertEquals("carafe: warning: there are more, which are not shown", lines.get(1000));
    }

    @Test
    void a_process_json_too_large_for_the_memory_is_one_line_with_the_exit_code_of_exec() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Path process = directory.resolve("process.json");
        Files.writeString(process, "{\"cwd\": \"/\", \"args\": [\"true\"], \"env\": [\"A=\"" + ", \"A=\"".repeat(2_000_000) + "]}");
        assertTrue(tells(within(64).call("--log", log.toString(), "exec", "--process", process.toString(), bundle.id()), 255));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_pattern_that_takes_all_the_stack_is_one_line() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Result result = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c", "ulimit -s 128; exec \"$@\"", "sh")
                .call("--log", log.toString(), "delete", "--regex", "(".repeat(20_000) + ")".repeat(20_000));
        assertFalse(tells(result, 1));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    /** Who limits the memory of all that a manager calls, as a slice of systemd does. */
    @Test
    void in_a_memory_cgroup_of_32_megabytes_every_verb_works() throws Exception {
        Path top = Path.of(Files.exists(Path.of("/sys/fs/cgroup/memory/tasks")) ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup");
        boolean v1 = top.endsWith("memory");
        assumeTrue(v1 || Files.readString(top.resolve("cgroup.subtree_control")).contains("memory"), "no cgroup has a memory limit here");
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        Path cgroup = Files.createDirectory(top.resolve(bundle.id() + "-callers"));
        try {
            Files.writeString(cgroup.resolve(v1 ? "memory.limit_in_bytes" : "memory.max"), Integer.toString(32 << 20));
            Carafe limited = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                    "echo $$ > " + cgroup + "/cgroup.procs; exec \"$@\"", "sh");
            limited.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
            for (String call : List.of("exec ID true", "state ID", "list", "ps ID", "features", "plan BUNDLE", "events --stats ID", "pause ID", "resume ID",
                    "update --pids-limit 100 ID", "kill ID KILL", "delete --force ID", "run --bundle BUNDLE ID")) {
                if (call.startsWith("run")) {
                    bundle.args("/bin/true");
                }
                limited.call(call.replace("ID", bundle.id()).replace("BUNDLE", bundle.path().toString()).split(" ")).succeeds();
            }
        } finally {
            carafe.call("delete", "--force", bundle.id());
            for (int i = 0; i < 6000 && !cgroup.toFile().delete() && Files.exists(cgroup); i++) {
                Thread.sleep(10);
            }
        }
    }

    /** Without a bound of what is new it took 262 MB after some seconds. */
    @Test
    void what_watches_for_long_takes_no_more_than_at_first() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Path told = directory.resolve("told");
        Process events = carafe.builder(List.of(), "events", "--interval", "1ms", bundle.id()).redirectOutput(told.toFile()).start();
        try {
            long megabytes = 0;
            for (int i = 0; i < 18_000 && Files.size(told) < 4 << 20 && events.isAlive(); i++) {
                Thread.sleep(10);
            }
            for (String line : Files.readAllLines(Path.of("/proc/" + events.pid() + "/status"))) {
                megabytes = line.startsWith("VmHWM:") ? Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10 : megabytes;
            }
            assertTrue(Files.size(told) >= 4 << 20 && megabytes > 0, "told " + Files.size(told) + " bytes");
            assertTrue(megabytes < 32, megabytes + " MB");
        } finally {
            events.destroyForcibly().waitFor();
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }
}
