package io.carafe.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static CommandLine parse(String words) {
        return CommandLine.of(words.isEmpty() ? new String[0] : words.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"run --bundle /b web", "run --bundle=/b web", "run -bundle /b web", "run -b /b web", "run -b=/b web",
            "run web --bundle /b", "run --bundle /b -- web"})
    void a_flag_is_written_in_any_of_the_ways_that_managers_use(String words) {
        CommandLine line = parse(words);
        assertEquals(Optional.of(Verb.RUN), line.verb());
        assertEquals(Optional.of("/b"), line.value(Flag.BUNDLE));
        assertEquals(List.of("web"), line.arguments());
    }

    @ParameterizedTest
    @CsvSource({"run --detach web, true", "run -d web, true", "run --detach=true web, true", "run --detach=false web, false", "run web, false"})
    void a_switch_is_on_or_off(String words, boolean on) {
        assertEquals(on, parse(words).has(Flag.DETACH));
    }

    @Test
    void global_flags_stand_before_the_verb() {
        CommandLine line = parse("--root /r --log=/l --debug state web");
        assertEquals(Optional.of("/r"), line.value(Flag.ROOT));
        assertEquals(Optional.of("/l"), line.value(Flag.LOG));
        assertTrue(line.has(Flag.DEBUG));
    }

    @Test
    void a_letter_means_what_its_verb_says() {
        assertTrue(parse("delete -f web").has(Flag.FORCE));
        assertEquals(Optional.of("json"), parse("list -f json").value(Flag.FORMAT));
    }

    @Test
    void behind_two_dashes_there_are_only_arguments() {
        assertEquals(List.of("-web"), parse("state -- -web").arguments());
    }

    @Test
    void without_words_or_with_help_there_is_nothing_to_check() {
        assertEquals(Optional.empty(), parse("").verb());
        assertTrue(parse("run --help").has(Flag.HELP));
        assertFalse(parse("--version").verb().isPresent());
    }

    @Test
    void an_unknown_verb_is_named() {
        assertEquals("unknown command \"fly\"; see carafe --help",
                assertThrows(UsageException.class, () -> parse("fly web")).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "run --fly web|unknown flag --fly; see carafe run --help",
            "--fly|unknown flag --fly; see carafe --help",
            "run --bundle|--bundle: expected DIR, found nothing",
            "run --detach=maybe web|--detach: expected true or false, found \"maybe\"",
            "run|usage: carafe run [flags] ID; see carafe run --help",
            "state a b|usage: carafe state [flags] ID; see carafe state --help",
            "bundle layout|usage: carafe bundle [flags] OCI-LAYOUT[:TAG] DIR; see carafe bundle --help",
            "kill a TERM x|usage: carafe kill [flags] ID [SIGNAL]; see carafe kill --help",
    })
    void words_that_are_not_understood_are_told_with_the_way_to_the_help(String words, String complaint) {
        assertEquals(complaint, assertThrows(UsageException.class, () -> parse(words)).getMessage());
    }

    @Test
    void the_help_has_a_line_for_each_row() {
        String all = Help.of(parse("--help"));
        for (Verb verb : Verb.values()) {
            assertTrue(all.contains("\n  " + verb.text), verb.text);
            String help = Help.of(parse(verb.text + " --help"));
            verb.flags.forEach(flag -> assertTrue(help.contains("--" + flag.name), flag.name));
        }
    }
}
