package io.carafe.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.conmon.words.Option;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.Verb;
import io.carafe.shim.action.Words;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.table.Outline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages have all that the rows have, and nothing else. */
class ManualTest {

    private static final Map<String, String> FILES = Main.files("1.2.3", "2026-01-31");

    @TempDir
    Path directory;

    private static String page(String path) {
        return FILES.get("man/" + path).replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\");
    }

    private static String entry(String name) {
        return "\n\\fB" + name + "\\fR\n";
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void a_verb_has_a_page_with_each_of_its_flags(Verb verb) {
        String page = page("man8/carafe-" + verb.text + ".8");
        assertTrue(page.contains("\ncarafe-" + verb.text + " - " + verb.help + "\n"), page);
        assertTrue(page.contains((verb.flags.isEmpty() ? verb.text : verb.text + " [flags]") + (verb.arguments.isEmpty() ? "" : " " + verb.arguments)
                + "\n"), page);
        for (Flag flag : verb.flags) {
            assertTrue(page.contains(entry(flag.usage().strip()) + CommandPages.sentence(flag.help) + "\n"), flag + " in " + page);
        }
        String program = page("man8/carafe.8");
        assertTrue(program.contains(entry((verb.text + " " + verb.arguments).strip())), verb + " in " + program);
        assertTrue(program.contains(".BR carafe-" + verb.text + " (8)"), verb + " in " + program);
    }

    @Test
    void the_programs_own_flags_are_on_their_pages() {
        for (Flag flag : Verb.GLOBAL) {
            assertTrue(page("man8/carafe.8").contains(entry(flag.usage().strip()) + CommandPages.sentence(flag.help)), flag.toString());
        }
        for (Words.Flag flag : Words.Flag.values()) {
            assertTrue(page("man8/containerd-shim-carafe-v2.8").contains(entry(flag.usage()) + CommandPages.sentence(flag.help())), flag.toString());
        }
        for (Option option : Option.values()) {
            assertTrue(page("man8/carafe-conmon.8").contains(entry(option.usage()) + CommandPages.sentence(option.help())), option.toString());
        }
    }

    /** Which text is about which property is looked at here; that each has one, when the page is made. */
    @Test
    void every_property_is_told_of_and_no_other() {
        String page = page("man5/carafe-config.5");
        Set<String> read = new TreeSet<>();
        for (Outline row : ConfigJson.outline()) {
            assertTrue(page.contains(entry(row.path())), row.path());
            read.add(row.path());
        }
        Set<String> written = new TreeSet<>();
        Texts.ofProperties().keySet().forEach(written::addAll);
        assertEquals(read, written);
        assertTrue(read.size() > 150 && read.contains("linux.seccomp.syscalls[].args[].valueTwo") && read.contains("hooks.poststop[].timeout"), read.toString());
    }

    @Test
    void there_is_a_text_about_each_verb_and_about_nothing_else() {
        Set<String> verbs = new TreeSet<>();
        Stream.of(Verb.values()).forEach(verb -> verbs.add(verb.text));
        assertEquals(verbs, new TreeSet<>(Texts.sections("verbs.txt").keySet()));
    }

    @ParameterizedTest
    @CsvSource({"groff, -man -ww -z -K utf8, man/", "mandoc, -T lint -W warning, man/", "bash, -n, bash-completion/", "zsh, -n, zsh/", "fish, -n, fish/"})
    void who_reads_a_file_finds_nothing_wrong_in_it(String reader, String flags, String below) throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, reader))),
                reader + " is not installed");
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            if (file.getKey().startsWith(below)) {
                assertEquals("", said(reader, flags, file.getValue()), file.getKey());
            }
        }
    }

    private String said(String reader, String flags, String text) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("file"), text);
        Path output = directory.resolve("output");
        List<String> command = new ArrayList<>(List.of(reader));
        command.addAll(List.of(flags.split(" ")));
        command.add(file.toString());
        int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        return Files.readString(output, StandardCharsets.UTF_8) + (code == 0 ? "" : "exit code " + code);
    }

    /** What begins with a dot or an apostrophe would be a request, and a backslash an escape. */
    @Test
    void what_means_something_to_the_formatter_is_text() {
        String page = new Roff("x", 8, "2026-01-31", "1", "s").section("S").text(".dot `a-b` c\\d\n\n    'quoted ~ ^").toString();
        assertTrue(page.endsWith(".SH S\n\\&.dot \\fBa\\-b\\fR c\\ed\n.PP\n.RS 4\n.EX\n\\(aqquoted \\(ti \\(ha\n.EE\n.RE\n"), page);
    }
}
