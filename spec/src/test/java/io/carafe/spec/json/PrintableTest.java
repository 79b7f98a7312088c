package io.carafe.spec.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    /** What moves a cursor, colours a terminal, ends a line or turns the direction of what follows. */
    @ParameterizedTest
    @CsvSource({"0000", "0007", "0008", "000b", "001b", "007f", "0080", "0085", "009b", "009f", "061c", "200e", "200f", "2028", "2029", "202a", "202e",
        "2066", "2069", "d800", "dfff"})
    void what_a_terminal_acts_on_is_quoted(String code) {
        assertEquals("a\\u" + code + "b", Printable.of("a" + (char) Integer.parseInt(code, 16) + "b"));
    }

    @Test
    void the_common_ones_have_their_own_letters() {
        assertEquals("a\\nb\\rc\\td", Printable.of("a\nb\rc\td"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain text", "\u00e9\u00df\u20ac", "\u65e5\u672c\u8a9e", "\ud83d\ude00", "\u0627\u0644", "C:\\x \"y\""})
    void what_can_be_read_stays_as_it_is(String text) {
        assertEquals(text, Printable.of(text));
        assertEquals(text, Printable.line(text));
    }

    @Test
    void a_line_has_no_second_one_and_no_word_beyond_two_hundred_characters() {
        String x = "x".repeat(100_000);
        String cut = "x".repeat(200) + "\u2026";
        assertEquals("carafe: " + cut + " is not known", Printable.line("carafe: " + x + " is not known"));
        assertEquals("expected a word, found \"" + cut + "\" at 3", Printable.line("expected a word, found \"" + x + "\" at 3"));
        assertEquals("found \"" + "a ".repeat(100) + "\u2026\"", Printable.line("found \"" + "a ".repeat(50_000) + "\""));
        assertEquals("open /" + cut.substring(1) + ": ENOENT", Printable.line("open /" + x + ": ENOENT"), "no path of the kernel's is so long");
        assertEquals("\\u001b[31m" + "y".repeat(195) + "\u2026", Printable.line("\u001b[31m" + "y".repeat(300)));
    }

    /** PATH_MAX. */
    @Test
    void a_path_is_told_whole() {
        String path = "/" + "d/".repeat(2_000) + "file";
        assertEquals("open " + path + ": ENOENT", Printable.line("open " + path + ": ENOENT"));
    }

    @Test
    void whatever_the_text_is_a_line_ends() {
        String words = "word ".repeat(1_000_000);
        String line = Printable.line(words);
        assertTrue(line.length() <= 8_193 && line.endsWith("\u2026"), Integer.toString(line.length()));
        String quotes = "\"".repeat(1_000_001);
        Assertions.assertTimeout(Duration.ofMinutes(1), () -> Printable.line(quotes));
    }

    @Test
    void a_pair_of_surrogates_is_not_cut_apart() {
        String line = Printable.line("x".repeat(199) + "\ud83d\ude00".repeat(300));
        assertEquals("x".repeat(199) + "\ud83d\ude00\u2026", line);
    }
}
