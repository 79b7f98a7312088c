package io.carafe.runtime.binary.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --trace FILE}, and {@code trace FILE}. */
class TraceIT {

    @TempDir
    Path directory;

    private Carafe carafe;
    private Path trace;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
        trace = directory.resolve("trace.json");
    }

    private Carafe.Result traced(Path file, String... words) {
        List<String> all = new ArrayList<>(List.of("--trace", file.toString()));
        all.addAll(List.of(words));
        return carafe.call(all.toArray(new String[0]));
    }

    /** @throws IOException when the file is no whole array of JSON, with nothing behind it */
    private static String whole(Path file) throws IOException {
        String text = Files.readString(file);
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            assertEquals(null, parser.nextToken(), text);
        }
        return text;
    }

    private static long count(String text, String name) {
        return text.lines().filter(line -> line.contains("\"name\":\"" + name + "\"")).count();
    }

    @Test
    void a_trace_of_a_run_is_whole_and_names_its_processes() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        traced(trace, "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String text = whole(trace);
        assertEquals(1, count(text, "init"), text);
        assertTrue(count(text, "carafe run " + bundle.id()) > 0, text);
    }

    @Test
    void what_fails_and_what_is_left_running_has_an_end_too() throws IOException {
        traced(trace, "state", "nobody").fails();
        whole(trace);
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        traced(trace, "run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        traced(trace, "exec", bundle.id(), "/bin/true").succeeds();
        traced(trace, "delete", "--force", bundle.id()).succeeds();
        String text = whole(trace);
        for (String name : List.of("carafe state nobody", "carafe exec " + bundle.id(), "carafe delete " + bundle.id())) {
            assertTrue(text.contains("\"args\":{\"name\":\"" + name + "\"}"), name);
        }
    }

    /** The init of a created container goes on in the trace of the create, whoever starts it. */
    @ParameterizedTest
    @CsvSource({"same", "none", "other"})
    void an_init_goes_on_in_the_trace_of_its_create(String start) throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        Path other = start.equals("same") ? trace : directory.resolve("other.json");
        traced(trace, "create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        long before = count(whole(trace), "execve");
        (start.equals("none") ? carafe.call("start", bundle.id()) : traced(other, "start", bundle.id())).succeeds();
        assertEquals(before + 1, count(whole(trace), "execve"));
        if (!start.equals("none")) {
            assertTrue(whole(other).contains("carafe start " + bundle.id()));
        }
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_program_that_is_not_there_fails_the_start_and_the_trace_stays_whole() throws IOException {
        Bundle bundle = Bundle.in(directory).args("/bin/none");
        traced(trace, "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        whole(trace);
    }

    @Test
    void a_trace_is_printed_as_text() {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        traced(trace, "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String text = carafe.call("trace", trace.toString()).succeeds().out();
        for (String word : List.of(" ms, ", "2 processes", "  carafe run " + bundle.id() + "\n", "  init\n", "longest calls", "  pivot_root\n")) {
            assertTrue(text.contains(word), text);
        }
    }

    @Test
    void what_is_no_trace_is_one_clear_line() throws IOException {
        assertEquals("carafe: trace " + trace + ": open " + trace + ": ENOENT: no such file or directory", carafe.call("trace", trace.toString()).fails());
        Files.writeString(trace, "{}");
        assertTrue(carafe.call("trace", trace.toString()).fails().contains("expected a trace as carafe --trace writes it: line 1"), "line 1");
    }
}
