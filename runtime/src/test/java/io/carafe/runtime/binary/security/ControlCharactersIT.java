package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Rlimit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Text of images, documents and hooks in what carafe prints: it colours no terminal and begins no line of its own. */
@ExtendWith(HostUnchanged.class)
class ControlCharactersIT {

    /** A newline and what could follow it, a colour, a bell, a carriage return, C1, an override of direction, DEL, the end of a paragraph. */
    private static final String EVIL = "x\nlevel=error msg=forged\u001b[31m\u0007\r\u009b1m\u202e\u007f\u2029y";
    private static final String QUOTED = "x\\nlevel=error msg=forged\\u001b[31m\\u0007\\r\\u009b1m\\u202e\\u007f\\u2029y";
    private static final int WORD = 200;

    @TempDir
    private Path directory;

    private static Map<String, Consumer<Bundle>> complaints() {
        Map<String, Consumer<Bundle>> rows = new LinkedHashMap<>();
        rows.put("process.args[0], a name", bundle -> bundle.args(EVIL));
        rows.put("process.args[0], a path", bundle -> bundle.args("/bin/" + EVIL));
        rows.put("process.cwd", bundle -> bundle.process(process -> process.withCwd(EVIL)));
        rows.put("process.env", bundle -> bundle.process(process -> process.withEnv(List.of(EVIL.replace("=", "")))));
        rows.put("process.rlimits", bundle -> bundle.process(process -> process.withRlimits(List.of(new Rlimit(EVIL, 1, 1)))));
        rows.put("mounts, source", bundle -> mount(bundle, Mount.of("/mnt", "none", "/no/" + EVIL, "bind")));
        rows.put("mounts, type", bundle -> mount(bundle, Mount.of("/mnt", EVIL, "none")));
        rows.put("mounts, options", bundle -> mount(bundle, Mount.of("/mnt", "tmpfs", "none", EVIL)));
        rows.put("linux.sysctl", bundle -> bundle.linux(linux -> linux.withSysctl(Map.of(EVIL, "1"))));
        rows.put("linux.cgroupsPath", bundle -> bundle.linux(linux -> linux.withCgroupsPath("../../" + EVIL)));
        rows.put("a hook's path", bundle -> hook(bundle, new Hook("/no/" + EVIL, List.of(), Optional.of(List.of()), OptionalInt.empty())));
        rows.put("what a hook says", bundle -> hook(bundle, new Hook("/bin/sh", List.of("sh", "-c", "printf '%s' \"$1\" >&2; exit 1", "sh", EVIL),
                Optional.of(List.of("PATH=/bin")), OptionalInt.empty())));
        return rows;
    }

    private static void mount(Bundle bundle, Mount mount) {
        bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(mount);
            return config.withMounts(mounts);
        });
    }

    private static void hook(Bundle bundle, Hook hook) {
        bundle.config(config -> config.withHooks(new Hooks(List.of(), List.of(hook), List.of(), List.of(), List.of(), List.of())));
    }

    private static void assertClean(String line, String where) {
        assertFalse(line.codePoints().anyMatch(c -> c < ' ' || c >= 0x7f && c <= 0x9f || c == 0x202e || c == 0x2029), where + ": " + line);
        assertTrue(line.contains("\\u001b") && line.contains("forged"), where + ": " + line);
    }

    @TestFactory
    Stream<DynamicTest> a_complaint_is_one_line_that_a_terminal_can_show() {
        return complaints().entrySet().stream().map(row -> DynamicTest.dynamicTest(row.getKey(), () -> {
            Carafe carafe = Carafe.in(directory.resolve("root"));
            Bundle bundle = Bundle.in(directory).writable().args("true");
            row.getValue().accept(bundle);
            for (String format : List.of("text", "json")) {
                Path log = directory.resolve(bundle.id() + "." + format);
                assertClean(carafe.call("--log", log.toString(), "--log-format", format, "run", "--bundle", bundle.path().toString(), bundle.id()).fails(),
                        "stderr");
                String record = Files.readString(log);
                assertTrue(record.endsWith("\n") && record.indexOf('\n') == record.length() - 1, record);
                assertClean(record.strip(), format);
                if (format.equals("json")) {
                    assertClean(message(record), "decoded");
                }
            }
        }));
    }

    private static String message(String record) {
        byte[] json = record.getBytes(StandardCharsets.UTF_8);
        return JsonDocument.read(json, 0, json.length, in -> {
            String message = "";
            in.beginObject();
            while (in.nextProperty()) {
                message = in.name().equals("msg") ? in.text() : message;
                if (!in.name().equals("msg")) {
                    in.skip();
                }
            }
            return message;
        });
    }

    /** "CAP_DAC_\nOVERRIDE" gave a warning of two lines. */
    @Test
    void a_warning_is_one_line() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        List<String> names = List.of(EVIL, "C".repeat(100_000));
        Bundle bundle = Bundle.in(directory).args("true").process(process -> process.withCapabilities(new Capabilities(names, List.of(), List.of(),
                List.of(), List.of())));
        List<String> lines = carafe.run(bundle).succeeds().err().lines().toList();
        assertEquals(List.of("carafe: warning: process.capabilities: " + QUOTED + " is not known; going on without it",
                "carafe: warning: process.capabilities: " + "C".repeat(WORD) + "\u2026 is not known; going on without it"), lines);
    }

    @Test
    void a_word_of_a_hundred_kilobytes_is_not_told_whole() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        String word = "w".repeat(100_000);
        Bundle bundle = Bundle.in(directory).process(process -> process.withRlimits(List.of(new Rlimit(word, 1, 1))));
        String line = carafe.run(bundle).fails();
        assertTrue(line.length() < 500 && line.endsWith("found \"" + "w".repeat(WORD) + "\u2026\""), line);
        assertTrue(carafe.run(Bundle.in(directory).args(word)).fails().length() < 500);
        assertTrue(carafe.call("state", word).fails().length() < 600);
        assertTrue(carafe.call(word).fails().length() < 500);
    }

    @Test
    void ids_and_words_of_the_command_line_are_quoted() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        for (List<String> words : List.of(List.of("state", EVIL), List.of(EVIL), List.of("run", "--bundle", "/no/" + EVIL, "x"),
                List.of("kill", "x", EVIL), List.of("exec", EVIL, "true"))) {
            Carafe.Result result = carafe.call(words.toArray(String[]::new));
            assertTrue(result.code() != 0, result::toString);
            assertEquals(1, result.err().lines().count(), result::toString);
            assertFalse(result.err().strip().codePoints().anyMatch(c -> c < ' ' || c >= 0x7f && c <= 0x9f || c == 0x202e), result::toString);
        }
    }

    @Test
    void tables_have_a_line_a_row() throws Exception {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        Path place = Files.createDirectory(directory.resolve("bundles" + EVIL.replace("/", "")));
        Bundle bundle = Bundle.in(place).writable().args("sleep", "1000\n   1 root forged\u001b[31m").process(process -> process.withArgs(
                List.of("sh", "-c", "while :; do sleep 1000; done", "one\n   1 root forged\u001b[31m")));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            List<String> rows = carafe.call("list").succeeds().out().lines().toList();
            assertEquals(2, rows.size(), rows.toString());
            assertClean(rows.get(1), "list");
            for (List<String> words : List.of(List.of("list", "-f", "json"), List.of("state", bundle.id()), List.of("ps", bundle.id()))) {
                String out = carafe.call(words.toArray(String[]::new)).succeeds().out();
                assertFalse(out.codePoints().anyMatch(c -> c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c <= 0x9f || c == 0x202e), out);
            }
            String own = Carafe.in(directory.resolve("root")).behind("env", "PATH=/no/such/path").call("ps", bundle.id()).succeeds().out();
            assertEquals(1 + own.lines().filter(row -> row.matches("[0-9]+ .*")).count(), own.lines().count(), own);
            assertTrue(own.contains("\\n   1 root forged\\u001b[31m"), own);
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }
}
