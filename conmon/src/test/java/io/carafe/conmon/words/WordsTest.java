package io.carafe.conmon.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words as GOption reads them: what conmon 2.1.6 does with each was looked at. */
class WordsTest {

    private static Words words(String line) {
        return Words.of(List.of(line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "-c one --cid two; {CID=[two]}",
        "-c one -- -c two; {CID=[one]}",
        "--cid=one=two; {CID=[one=two]}",
        "-it -c x; {CID=[x], STDIN=[], TERMINAL=[]}",
        "-itc x; {CID=[x], STDIN=[], TERMINAL=[]}",
        "--api-version 1 --sync; {API_VERSION=[], SYNC=[]}",
        "--log-path a -l b; {LOG_PATH=[a, b]}",
        "--log-size-max 0x10 -T 010; {LOG_SIZE_MAX=[0x10], TIMEOUT=[010]}",
        "-c -x; {CID=[-x]}",
        "- -0 dir; {PERSIST_DIR=[dir]}"
    })
    void a_line_has_these_values(String line, String values) {
        TreeMap<String, String> found = new TreeMap<>();
        words(line).values().forEach((option, all) -> found.put(option.name(), all.equals(List.of("")) ? "[]" : all.toString()));
        assertEquals(values, found.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "--nonesuch; Unknown option --nonesuch",
        "--sync=yes; Unknown option --sync=yes",
        "-iX; Unknown option -iX",
        "-c; Missing argument for -c",
        "--cid; Missing argument for --cid",
        "-cl x; Error parsing option -l",
        "-T x; Cannot parse integer value “x” for -T",
        "--exit-delay 5000000000; Integer value “5000000000” for --exit-delay out of range",
        "--log-size-max 1k; Cannot parse integer value “1k” for --log-size-max"
    })
    void a_line_is_refused_in_these_words(String line, String complaint) {
        assertEquals(complaint, assertThrows(OptionException.class, () -> words(line)).getMessage());
    }

    @Test
    void the_help_has_all_rows() {
        String help = Help.text();
        for (Option option : Option.values()) {
            assertTrue(help.contains("  " + option.usage()) && help.contains(option.help()), option.usage());
            assertEquals(Optional.of(option), Option.named(option.text()));
        }
    }
}
