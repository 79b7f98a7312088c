package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.resources.Resources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Limits by their effect. */
@Tag("guest")
@Tag("short")
@ExtendWith(HostUnchanged.class)
class LimitsIT {

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    private static Resources resources(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return ResourcesJson.read(bytes, 0, bytes.length);
    }

    @Test
    void the_process_over_the_pids_limit_cannot_be_made() {
        Bundle bundle = Bundle.in(directory).resources(was -> resources("{\"pids\": {\"limit\": 5}}"))
                .script("for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; echo reached");
        Carafe.Result result = carafe.run(bundle);
        assertTrue(result.err().contains("fork"), result::toString);
    }

    @Test
    void a_process_over_the_memory_limit_is_killed() {
        Bundle bundle = Bundle.in(directory).resources(was -> resources("{\"memory\": {\"limit\": 8388608, \"swap\": 8388608}}"))
                .script("tail -c 100000000 /dev/zero > /dev/null; echo $?");
        assertEquals("137", carafe.run(bundle).out().strip());
    }

    @Test
    void devices_that_are_not_allowed_cannot_be_opened() {
        Bundle bundle = Bundle.in(directory).writable().process(process -> process.withCapabilities(
                new io.carafe.spec.process.Capabilities(java.util.List.of("CAP_MKNOD"), java.util.List.of("CAP_MKNOD"), java.util.List.of(),
                        java.util.List.of("CAP_MKNOD"), java.util.List.of())))
                .script("mknod /tmp/kmsg c 1 11 && head -c 1 /tmp/kmsg 2>&1; mknod /tmp/null c 1 3 && cat /tmp/null && echo allowed");
        String out = carafe.run(bundle).out();
        assertTrue(out.contains("Operation not permitted") && out.contains("allowed"), out);
    }
}
