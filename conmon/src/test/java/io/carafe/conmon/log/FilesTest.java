package io.carafe.conmon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conmon.plan.LogPlan;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in the files, whatever pieces the output came in. */
class FilesTest {

    @TempDir
    Path directory;
    private final List<RuntimeException> failures = new ArrayList<>();

    private Logs open(boolean json, long sizeMax, Optional<Integer> backups) {
        Optional<String> path = Optional.of(directory.resolve("log").toString());
        return Logs.open(Linux.over(Door.open()), new LogPlan(false, Optional.empty(), json ? Optional.empty() : path, json ? path : Optional.empty(),
                sizeMax, 0, backups, List.of()), failures::add);
    }

    private static void write(Logs logs, Origin origin, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        logs.write(origin, bytes, 0, bytes.length);
    }

    private String text(String name) throws Exception {
        return Files.readString(directory.resolve(name)).replaceAll("\"time\":\"[-0-9T:.]+Z\"", "TIME").replaceAll("(?m)^\\S+T\\S+ ", "TIME ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "a|b; {\"log\":\"a\\n\",\"stream\":\"stdout\",TIME}|{\"log\":\"b\",\"stream\":\"stdout\",TIME}|",
        "\"\\\t\001<; {\"log\":\"\\\"\\\\\\t\\u0001\\u003c\",\"stream\":\"stdout\",TIME}|",
        "\u00c3\u00a4\u00ff; {\"log\":\"\u00e4\ufffd\",\"stream\":\"stdout\",TIME}|"
    })
    void a_line_of_docker_is(String output, String expected) throws Exception {
        try (Logs logs = open(true, 0, Optional.empty())) {
            for (char c : output.replace('|', '\n').toCharArray()) {
                write(logs, Origin.STDOUT, String.valueOf(c));
            }
            logs.end();
        }
        assertEquals(expected, text("log").replace('\n', '|'));
        assertEquals(List.of(), failures);
    }

    @Test
    void what_is_full_is_kept_as_often_as_wanted() throws Exception {
        try (Logs logs = open(false, 130, Optional.of(2))) {
            for (int i = 0; i < 9; i++) {
                write(logs, Origin.STDERR, "line-" + i + "\n");
            }
        }
        assertEquals("TIME stderr F line-8\n", text("log"));
        assertEquals("TIME stderr F line-6\nTIME stderr F line-7\n", text("log.1"));
        assertEquals("TIME stderr F line-4\nTIME stderr F line-5\n", text("log.2"));
        assertTrue(Files.notExists(directory.resolve("log.3")) && Files.notExists(directory.resolve("log.tmp")));
        assertEquals(List.of(), failures);
    }

    @Test
    void a_log_that_others_have_renamed_is_made_anew() throws Exception {
        try (Logs logs = open(false, 0, Optional.empty())) {
            write(logs, Origin.STDOUT, "one\n");
            Files.move(directory.resolve("log"), directory.resolve("old"));
            logs.reopen();
            write(logs, Origin.STDOUT, "two");
        }
        assertEquals("TIME stdout F one\n", text("old"));
        assertEquals("TIME stdout P two\n", text("log"));
    }

    /** What goes wrong with a log is told once, and ends nothing. */
    @Test
    void a_directory_that_has_gone_is_told_of_once() throws Exception {
        Path below = Files.createDirectory(directory.resolve("below"));
        Logs logs = Logs.open(Linux.over(Door.open()), new LogPlan(false, Optional.empty(), Optional.of(below + "/log"), Optional.empty(), 0, 0,
                Optional.empty(), List.of()), failures::add);
        Files.delete(below.resolve("log"));
        Files.delete(below);
        logs.reopen();
        logs.reopen();
        write(logs, Origin.STDOUT, "one\n");
        logs.close();
        assertEquals(1, failures.size());
    }

    @Test
    void a_log_outside_of_the_directories_that_are_allowed_is_refused() throws Exception {
        Files.createDirectory(directory.resolve("allowed"));
        Files.createDirectory(directory.resolve("allowed-not"));
        for (String place : List.of("allowed/log", "allowed-not/log", "allowed/../log")) {
            LogPlan plan = new LogPlan(false, Optional.empty(), Optional.of(directory.resolve(place).toString()), Optional.empty(), 0, 0, Optional.empty(),
                    List.of(directory.resolve("allowed").toString()));
            try (Logs logs = Logs.open(Linux.over(Door.open()), plan, failures::add)) {
                assertEquals("allowed/log", place);
            } catch (IllegalArgumentException e) {
                assertTrue(!place.equals("allowed/log") && e.getMessage().endsWith("is not below a --log-allowlist-dir"), e.getMessage());
            }
        }
    }
}
