package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.host.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    private static Arguments parse(String... words) {
        return Arguments.parse(List.of(words), path -> path);
    }

    @Test
    void each_runtime_has_its_arguments_and_its_label() {
        Arguments arguments = parse("--runtime", "/one", "--args", "--debug --x y", "--label", "mine", "--runtime", "/two", "--group", "all");
        assertEquals(List.of(new Arguments.Target("/one", false, List.of("--debug", "--x", "y"), Optional.empty(), Optional.of("mine")),
                Arguments.Target.runtime("/two")), arguments.targets());
        assertEquals("all", arguments.group());
    }

    @Test
    void a_runtime_behind_a_shim_is_what_it_calls() {
        Arguments arguments = parse("--runtime", "/zero", "--shim", "/one", "--runtime", "/two", "--shim", "/three");
        assertEquals(List.of(Arguments.Target.runtime("/zero"), Arguments.Target.shim("/one", Optional.of("/two")),
                Arguments.Target.shim("/three", Optional.empty())), arguments.targets());
        assertEquals(List.of("spec", "shim", "shim"), arguments.targets().stream().map(one -> one.group(arguments.group())).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--runtime", "--args x", "--runtime /one --group other", "--runtime /one --cgroups v3", "--runtime /one --what x", "word",
        "--runtime /one --group shim", "--shim /one --args x", "--runtime /one --spec 2.0", "--runtime /one --spec latest", "--runtime /one --limit 0",
        "--runtime /one --limit many", "--runtime /one --jobs -1", "--runtime /one --expected /nothing/there"})
    void what_makes_no_sense_is_refused(String line) {
        assertThrows(IllegalArgumentException.class, () -> parse(line.isEmpty() ? new String[0] : line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({"config.hooks,config.hooks.order,true", "config.hooks,config.hooksy,false", "*.timeout,config.hooks.poststop.timeout,true",
        "*memory*,config-linux.resources.memory.swap.applied,true", "config.?ooks.order,config.hooks.order,true", "config,config-linux.devices,false",
        "nosuch,config.hooks.order,false", "*.applied,config.process.cwd.absolute,false"})
    void ids_are_picked_by_globs(String glob, String id, boolean picked) {
        assertEquals(picked, parse("--runtime", "/one", "--only", glob).wanted().test(id));
    }

    @Test
    void a_glob_that_matches_nothing_finds_no_test() {
        assertEquals(List.of(), TestDiscovery.testIds("all", parse("--list", "--only", "nosuch").wanted()));
        assertTrue(TestDiscovery.requirementIds("spec", parse("--list", "--only", "*.applied").wanted()).size() > 80);
    }

    @Test
    void help_and_list_want_no_runtime() {
        assertEquals(Arguments.Task.HELP, parse("--help").task());
        assertEquals(Arguments.Task.LIST, parse("--list").task());
    }

    @Test
    void accepted_deviations_have_reasons(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("accepted"), "# ours\n\nruntime.kill.signal  by design\n");
        assertEquals(Map.of("runtime.kill.signal", "by design"), parse("--runtime", "/one", "--expected", file.toString()).expected());
        Files.writeString(file, "runtime.kill.signal\n");
        assertThrows(IllegalArgumentException.class, () -> parse("--runtime", "/one", "--expected", file.toString()));
        Files.writeString(file, "runtime.nosuch by design\n");
        assertThrows(IllegalArgumentException.class, () -> parse("--runtime", "/one", "--expected", file.toString()));
    }

    @Test
    void a_program_is_found_by_its_path_or_on_PATH() {
        assertEquals("/bin/sh", Programs.find("/bin/../bin/sh"));
        assertTrue(Programs.find("sh").endsWith("/sh"));
        for (String name : List.of("nosuchprogram", "/bin/nosuchprogram", "/bin", "")) {
            assertThrows(IllegalArgumentException.class, () -> Programs.find(name));
        }
    }
}
