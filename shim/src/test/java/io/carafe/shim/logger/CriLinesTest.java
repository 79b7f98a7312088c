package io.carafe.shim.logger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.shim.message.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes in pieces goes out as lines. */
class CriLinesTest {

    private static final String TIME = "2026-11-29T02:05:00.000000007Z ";

    private static String lines(int most, String... chunks) {
        CriLines lines = new CriLines("stdout", most, () -> new Timestamp(1_795_917_900L, 7));
        StringBuilder out = new StringBuilder();
        for (String chunk : chunks) {
            byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
            out.append(new String(lines.add(bytes, bytes.length), StandardCharsets.UTF_8));
        }
        return out.append(new String(lines.end(), StandardCharsets.UTF_8)).toString().replace(TIME + "stdout ", "");
    }

    /** A comma between chunks, ~ for the end of a line, ^ for a carriage return; what comes out in words, for pieces of at most four bytes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "one~                | F one",
        "one~two~            | F one, F two",
        "o,n,e,~             | F one",
        "one                 | P one",
        "one~tw              | F one, P tw",
        "''                  | ''",
        "~                   | F",
        "~~a~                | F, F, F a",
        "four~               | F four",
        "four,~              | F four",
        "fives~              | P five, F s",
        "four,s,~            | P four, F s",
        "four                | P four",
        "nineteen~           | P nine, F teen",
        "nineteen            | P nine, P teen",
        "nineteenx,~y        | P nine, P teen, F x, P y",
        "ab~cdefgh,ij~k~     | F ab, P cdef, F ghij, F k",
        "a^~                 | F a^",
    })
    void chunks_become_lines(String in, String out) {
        String expected = out.strip().isEmpty() ? "" : String.join("", List.of(out.strip().split(", ")).stream()
                .map(line -> (line.equals("F") ? "F " : line).replace('^', '\r') + "\n").toList());
        assertEquals(expected, lines(4, in.strip().replace('~', '\n').replace('^', '\r').split(",")));
    }

    @Test
    void a_line_has_its_time_its_stream_and_its_tag() {
        CriLines lines = new CriLines("stderr", 100, () -> new Timestamp(0, 123_456_789));
        assertEquals("1970-01-01T00:00:00.123456789Z stderr F x\n", new String(lines.add(new byte[] {'x', '\n'}, 2), StandardCharsets.UTF_8));
    }

    @Test
    void a_time_is_not_that_of_the_line_before() {
        List<Timestamp> times = new ArrayList<>(List.of(new Timestamp(59, 999_999_999), new Timestamp(60, 0), new Timestamp(60, 1)));
        CriLines lines = new CriLines("stdout", 100, () -> times.remove(0));
        assertEquals("1970-01-01T00:00:59.999999999Z stdout F \n1970-01-01T00:01:00.000000000Z stdout F \n1970-01-01T00:01:00.000000001Z stdout F \n",
                new String(lines.add(new byte[] {'\n', '\n', '\n'}, 3), StandardCharsets.UTF_8));
    }

    /** Whatever the chunks, what the pieces say together is what was written, and each but the last of a line is as long as it may be. */
    @Test
    void no_byte_is_lost_however_it_comes() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            List<String> chunks = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                StringBuilder chunk = new StringBuilder();
                for (int j = random.nextInt(40); j > 0; j--) {
                    chunk.append(random.nextInt(12) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
                }
                text.append(chunk);
                chunks.add(chunk.toString());
            }
            StringBuilder together = new StringBuilder();
            lines(7, chunks.toArray(String[]::new)).lines().forEach(line -> together.append(line.substring(2)).append(line.startsWith("F") ? "\n" : ""));
            assertEquals(text.toString(), together.toString());
        }
    }
}
