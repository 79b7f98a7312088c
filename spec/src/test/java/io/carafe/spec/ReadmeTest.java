package io.carafe.spec;

import static io.carafe.spec.table.Property.optionalLong;
import static io.carafe.spec.table.Property.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of README.md, which stand here word by word. */
class ReadmeTest {

    record Lease(State state, OptionalLong expires) {
    }

    static final RecordTable<Lease> LEASE = RecordTable.of(
            row -> new Lease(row.next(), row.next()),
            required("state", StateJson.STATE, Lease::state),
            optionalLong("expires", LongType.UINT64, Lease::expires));

    @Test
    void a_config_is_read_changed_and_written(@TempDir Path bundle) throws IOException {
        Files.write(bundle.resolve("config.json"), ConfigJson.write(DefaultConfig.rootful()));
        byte[] json = Files.readAllBytes(bundle.resolve("config.json"));
        Config config = ConfigJson.read(json);
        List<String> destinations = new ArrayList<>();
        for (Mount mount : config.mounts()) {
            destinations.add(mount.destination());
        }
        Config another = config.withProcess(config.process().orElseThrow().withArgs(List.of("sleep", "10")));
        Files.write(bundle.resolve("config.json"), ConfigJson.write(another));
        assertEquals("/sys/fs/cgroup", destinations.get(6));
        assertEquals(another, ConfigJson.read(Files.readAllBytes(bundle.resolve("config.json"))));
    }

    @Test
    void a_record_of_ones_own_is_written_and_read() {
        State state = new State(OciVersion.CURRENT, "web", Status.RUNNING, OptionalInt.of(7), "/b", Map.of());
        Lease lease = new Lease(state, OptionalLong.of(-1));
        byte[] json = LEASE.compact(lease);
        assertEquals("{\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"running\",\"pid\":7,\"bundle\":\"/b\"},"
                + "\"expires\":18446744073709551615}", new String(json, StandardCharsets.UTF_8));
        assertEquals(lease, LEASE.read(json, 0, json.length));
    }

    @Test
    void every_line_of_the_examples_is_compiled_here() throws IOException {
        String here = stripped(Files.readString(Path.of("src/test/java/io/carafe/spec/ReadmeTest.java")));
        String[] blocks = Files.readString(Path.of("README.md")).split("```java\n");
        assertEquals(3, blocks.length);
        for (int i = 1; i < blocks.length; i++) {
            String example = stripped(blocks[i].substring(0, blocks[i].indexOf("```")));
            assertTrue(here.contains(example), example);
        }
    }

    private static String stripped(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
