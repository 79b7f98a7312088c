package io.carafe.runtime.cli.words;

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
            "bundle layout|usage: carafe bundle [flags] IMAGE[:TAG] DIR; see carafe bundle --help",
            "list --format=xml|--format: expected table or json, found \"xml\"",
            "--cgroup-manager=nobody list|--cgroup-manager: expected cgroupfs or systemd or disabled, found \"nobody\"",
            "--rootless=maybe list|--rootless: expected true or false or auto, found \"maybe\"",
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

    @Test
    void what_an_argument_may_be_is_completed() {
        String bash = Completion.of("bash");
        assertTrue(bash.contains("images) words='--store --format --quiet' first='list remove gc' ;;"), bash);
        assertTrue(bash.contains(" first='bash zsh fish' ;;"), bash);
        assertTrue(bash.contains("state) words='' ;;"), bash);
    }

    @ParameterizedTest
    @CsvSource({"--rootless state web, true", "--rootless=auto state web, auto", "--rootless false state web, false", "--rootless true state web, true"})
    void the_global_rootless_takes_a_word_or_none(String words, String value) {
        CommandLine line = parse(words);
        assertEquals(Optional.of(value), line.value(Flag.ROOTLESS_CGROUP));
        assertEquals(Optional.of(Verb.STATE), line.verb());
    }

    @Test
    void the_rootless_of_spec_is_another() {
        assertTrue(parse("spec --rootless").has(Flag.ROOTLESS));
    }

    /** The calls of go-runc, conmon, buildah, cri-o and podman, word for word. */
    @ParameterizedTest
    @ValueSource(strings = {
            "--root /r --log /l/log.json --log-format json --debug --systemd-cgroup --rootless=true state web",
            "--root /r --log /l/log.json --log-format json create --bundle /b --pid-file /p web",
            "--root /r --log /l --log-format json kill --all web 9",
            "--root /r delete --force web",
            "ps --format json web",
            "ps web -o pid,args",
            "update --resources=- web",
            "update --resources - web",
            "update -r - web",
            "checkpoint --image-path /i --work-path /w --leave-running --tcp-established --ext-unix-sk --shell-job --file-locks --manage-cgroups-mode soft --empty-ns network web",
            "restore --image-path /i --pid-file /p -no-subreaper --bundle /b web",
            "restore --detach --image-path /i --work-path /w web",
            "list --format=json",
            "events --stats web",
            "--log-format=json --log /f start web",
            "--cgroup-manager disabled create --bundle /b web",
            "--root=/r kill -a web KILL",
            "exec --process /p web",
            "exec --pid-file /p --process /s --detach web",
            "update --cpu-period 100000 --cpu-quota=50000 --memory 64m --memory-swap -1 --pids-limit 5 web",
            "delete one two three",
            "help run",
    })
    void managers_are_understood(String words) {
        assertTrue(parse(words).verb().isPresent());
    }

    @Test
    void global_flags_are_known_even_when_the_rest_is_not_understood() {
        CommandLine global = CommandLine.global("--log /l --log-format json fly --away".split(" "));
        assertEquals(Optional.of("/l"), global.value(Flag.LOG));
        assertEquals(Optional.of("json"), global.value(Flag.LOG_FORMAT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void a_completion_has_every_verb_and_flag(String shell) {
        String script = Completion.of(shell);
        for (Verb verb : Verb.values()) {
            assertTrue(script.contains(verb.text), verb.text);
            verb.flags.forEach(flag -> assertTrue(script.contains(flag.name), flag.name));
        }
    }

    @Test
    void a_flag_with_an_empty_value_is_not_given() {
        CommandLine line = CommandLine.of(new String[] {"--root", "", "--log-format=", "exec", "--user", "", "--env", "", "--env=A=1", "web", "true"});
        assertEquals(Optional.empty(), line.value(Flag.ROOT));
        assertEquals(Optional.empty(), line.value(Flag.LOG_FORMAT));
        assertEquals(Optional.empty(), line.value(Flag.USER));
        assertEquals(List.of("A=1"), line.values(Flag.ENV));
        assertEquals(List.of("web", "true"), line.arguments());
    }
}
