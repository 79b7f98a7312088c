package io.carafe.linux.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.TestImage;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doors that stand in front, over forks and execs: in the image, where all checks must hold through them too. */
class DoorsInFrontIT {

    @TempDir
    Path directory;

    private Path throughDoor(String option) throws Exception {
        Path file = directory.resolve("file");
        Path output = directory.resolve("output");
        int exit = new ProcessBuilder(TestImage.kernelTest().toString(), option, file.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        assertEquals(0, exit, Files.readString(output));
        return file;
    }

    @Test
    void a_trace_is_whole_over_all_children_and_execs() throws Exception {
        List<Map<String, Object>> events = TraceFile.read(throughDoor("--trace"));
        Set<Object> pids = new HashSet<>();
        int born = 0;
        int cloned = 0;
        int executed = 0;
        for (Map<String, Object> event : events) {
            pids.add(event.get("pid"));
            Map<?, ?> args = (Map<?, ?>) event.get("args");
            if (event.get("name").equals("clone3")) {
                born += args.get("result").equals(0L) ? 1 : 0;
                cloned += args.get("result") instanceof Long pid && pid > 0 ? 1 : 0;
            }
            executed += event.get("ph").equals("i") && event.get("name").toString().startsWith("execve") ? 1 : 0;
        }
        assertTrue(pids.size() > 20 && pids.contains(1L), "pids " + pids);
        // Two checks kill their child at once: it may not come to its first line.
        assertTrue(born <= cloned && born >= cloned - 2, born + " of " + cloned + " children wrote their first line");
        assertTrue(executed >= 3, executed + " execs");
    }

    @Test
    void calls_are_counted_apart_for_each_child() throws Exception {
        List<CountedCall> calls = CountedCall.parse(Files.readString(throughDoor("--calls")));
        Map<String, Integer> last = new HashMap<>();
        for (CountedCall call : calls) {
            assertEquals(last.getOrDefault(call.stage(), 0) + 1, call.number(), call.toString());
            last.put(call.stage(), call.number());
        }
        assertTrue(last.keySet().containsAll(Set.of("parent", "init", "parent.2")), last.toString());
        assertTrue(last.keySet().stream().anyMatch(stage -> stage.matches("parent\\.\\d+\\.1")), "a child's child: " + last);
    }
}
