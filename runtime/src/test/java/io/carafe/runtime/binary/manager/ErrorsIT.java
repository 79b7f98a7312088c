package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A failing call writes one record to the log and the same text to stderr, with the words that managers look for. */
@ExtendWith(HostUnchanged.class)
class ErrorsIT {

    /** podman's, by which it chooses its exit codes 126 and 127. */
    private static final Pattern DENIED = Pattern.compile("(?i)permission denied|operation not permitted");
    private static final Pattern NOT_FOUND = Pattern.compile("(?i)executable file not found in|no such file or directory");

    private static final Map<String, Bundle> BUNDLES = new LinkedHashMap<>();

    @TempDir
    private static Path directory;
    private static Carafe carafe;
    private static Path log;

    @BeforeAll
    static void containers() throws IOException {
        carafe = Carafe.in(directory.resolve("root"));
        log = directory.resolve("log.json");
        for (String name : List.of("created", "running", "stopped", "missing", "denied", "directory", "broken")) {
            BUNDLES.put(name, Bundle.in(directory).args("/bin/sleep", "1000"));
        }
        create("created");
        for (String name : List.of("running", "stopped")) {
            create(name);
            carafe.call("start", BUNDLES.get(name).id()).succeeds();
        }
        carafe.call("kill", BUNDLES.get("stopped").id(), "KILL").succeeds();
        for (int i = 0; i < 18_000 && !carafe.call("state", BUNDLES.get("stopped").id()).out().contains("\"stopped\""); i++) {
            Thread.onSpinWait();
        }
        BUNDLES.get("missing").args("nonesuch");
        Files.writeString(BUNDLES.get("denied").rootfs().resolve("bin/denied"), "");
        BUNDLES.get("denied").args("/bin/denied");
        BUNDLES.get("directory").args("/bin");
        BUNDLES.get("broken").save("{\"ociVersion\": 1}");
    }

    @BeforeEach
    void empty_log() throws IOException {
        Files.deleteIfExists(log);
    }

    private static void create(String name) {
        carafe.call("create", "--bundle", BUNDLES.get(name).path().toString(), BUNDLES.get(name).id()).succeeds();
    }

    @AfterAll
    static void deleted() {
        BUNDLES.values().forEach(bundle -> carafe.call("delete", "--force", bundle.id()).succeeds());
    }

    /** @param words with {@code $name} for an id and {@code @name} for a bundle */
    private String failing(String words) throws IOException {
        List<String> call = new ArrayList<>(List.of("--log", log.toString(), "--log-format", "json"));
        for (String word : words.split(" ")) {
            call.add(word.startsWith("$") ? BUNDLES.get(word.substring(1)).id()
                    : word.startsWith("@") ? BUNDLES.get(word.substring(1)).path().toString() : word);
        }
        String line = carafe.call(call.toArray(new String[0])).failsWith(words.startsWith("exec ") ? 255 : 1);
        Map<String, String> record = onlyRecord(Files.readAllBytes(log));
        assertEquals(List.of("level", "msg", "time"), List.copyOf(record.keySet()));
        assertEquals("error", record.get("level"));
        assertEquals(line, "carafe: " + record.get("msg"));
        return line;
    }

    private static Map<String, String> onlyRecord(byte[] json) throws IOException {
        Map<String, String> record = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                record.put(parser.getCurrentName(), parser.nextTextValue());
            }
            assertEquals(null, parser.nextToken(), "one record and nothing after it");
        }
        return record;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "state nobody                        | does not exist",
            "start nobody                        | does not exist",
            "kill nobody 9                       | does not exist",
            "kill --all nobody 9                 | does not exist",
            "delete nobody                       | does not exist",
            "exec nobody /bin/true               | does not exist",
            "pause nobody                        | does not exist",
            "resume nobody                       | does not exist",
            "ps nobody                           | does not exist",
            "ps --format json nobody             | does not exist",
            "events --stats nobody               | does not exist",
            "update --pids-limit 5 nobody        | does not exist",
            "create --bundle @running $running   | already exists",
            "run --bundle @running $running      | already exists",
            "kill $stopped 9                     | container not running",
            "kill $stopped 0                     | container not running",
            "exec $stopped /bin/true             | container not running",
            "pause $stopped                      | container not running",
            "update --pids-limit 5 $stopped      | container not running",
            "resume $running                     | container not paused",
            "start $running                      | cannot start a container in the running state",
            "start $stopped                      | cannot start a container that has stopped",
            "delete $running                     | that is not stopped: running",
            "kill $running NONESUCH              | unknown signal",
            "create --bundle /no/such x          | no such file or directory",
            "create --bundle @broken $broken     | ociVersion",
            "create --bundle @created a/b        | invalid container id",
            "fly away                            | unknown command",
            "state --fly $running                | unknown flag --fly",
            "state                               | usage: carafe state",
            "--systemd-cgroup create --bundle @missing $missing | --systemd-cgroup",
            "checkpoint nobody                   | does not exist",
            "checkpoint --image-path /i $stopped | that is stopped",
            "checkpoint --image-path /i $created | that is created",
            "checkpoint --image-path /i --parent-path /before $running | --parent-path",
            "checkpoint --manage-cgroups-mode hard $running | soft",
            "checkpoint --page-server nowhere $running | ADDRESS:PORT",
            "checkpoint --empty-ns mount $running | expected network",
            "checkpoint --status-fd 99 $running  | --status-fd 99",
            "--criu /no/such checkpoint --image-path /i $running | /no/such",
            "restore --image-path /no/such --pid-file /p -no-subreaper --bundle @created another | no such file or directory",
    })
    void the_words_that_managers_look_for(String words, String part) throws IOException {
        String line = failing(words);
        assertTrue(line.contains(part), line);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "create --bundle @missing $missing   | executable file not found in",
            "run --bundle @missing $missing      | executable file not found in",
            "exec $running nonesuch              | executable file not found in",
            "exec $running /no/such              | no such file or directory",
    })
    void a_program_that_is_not_there_is_127_for_podman(String words, String part) throws IOException {
        String line = failing(words);
        assertTrue(line.contains(part) && NOT_FOUND.matcher(line).find() && !DENIED.matcher(line).find(), line);
    }

    @ParameterizedTest
    @CsvSource({"create --bundle @denied $denied", "run --bundle @denied $denied", "exec $running /etc/passwd"})
    void a_program_that_may_not_be_run_is_126_for_podman(String words) throws IOException {
        String line = failing(words);
        assertTrue(DENIED.matcher(line).find() && !NOT_FOUND.matcher(line).find(), line);
    }

    @Test
    void a_log_in_text_has_one_line_as_logrus_writes_it() throws IOException {
        carafe.call("--log", "file:" + log, "state", "nobody").fails();
        assertTrue(Files.readString(log).matches("time=\"[^\"]+\" level=error msg=\"state nobody: container \\\\\"nobody\\\\\" does not exist\"\n"),
                Files.readString(log));
    }

    /** stderr is the container's, in the user's terminal and in `docker logs`. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--debug", "--log-level=warning"})
    void a_warning_is_in_the_log_alone(String flags) throws IOException {
        List<String> call = new ArrayList<>(List.of("--log", log.toString(), "--log-format=json"));
        call.addAll(flags.isEmpty() ? List.of() : List.of(flags));
        call.addAll(List.of("update", "--kernel-memory", "1m", BUNDLES.get("running").id()));
        assertEquals("", carafe.call(call.toArray(new String[0])).succeeds().err());
        String record = Files.readString(log);
        assertTrue(record.startsWith("{\"level\":\"warning\",\"msg\":\"--kernel-memory") && record.lines().count() == 1, record);
    }

    /** podman reads the whole file as one object. */
    @Test
    void of_a_call_that_warns_and_fails_the_log_has_the_error() throws IOException {
        Carafe.Result result = carafe.call("--log", log.toString(), "--log-format=json", "update", "--kernel-memory", "1m", "nobody");
        String record = Files.readString(log);
        assertTrue(record.startsWith("{\"level\":\"error\"") && record.lines().count() == 1, record);
        assertTrue(result.err().startsWith("carafe: warning: --kernel-memory"), result::toString);
    }

    @Test
    void a_log_that_cannot_be_written_changes_nothing_else() throws Exception {
        Carafe.Result result = carafe.call("--log", "/no/such/log", "state", "nobody");
        assertEquals(1, result.code());
        assertTrue(result.err().startsWith("carafe: state nobody: container \"nobody\" does not exist\n"), result.err());
        assertTrue(result.err().contains("--log: open /no/such/log: ENOENT"), result.err());
        carafe.call("--log", "", "list").succeeds();
        String fifo = log + ".fifo";
        assertEquals(0, new ProcessBuilder("mkfifo", fifo).start().waitFor());
        assertTrue(carafe.call("--log", fifo, "state", "nobody").err().contains("--log: open " + fifo + ": ENXIO"));
    }
}
