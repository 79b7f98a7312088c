package io.carafe.conmon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberLinesTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "1 24 80|; [[1, 24, 80]]",
        "1 24|80 1 2|; [wrong, [80, 1, 2]]",
        "1 24 80|2 0 0|; [[1, 24, 80], [2, 0, 0]]",
        "1 2 3 4|; [[1, 2, 3]]",
        "1 x 3|1 2 3; [wrong]",
        "99999999999 2 3|; [wrong]"
    })
    void lines_are_these(String text, String expected) {
        List<Object> found = new ArrayList<>();
        for (int piece : new int[] {1, 5, 100}) {
            found.clear();
            NumberLines lines = new NumberLines(3, found::add, wrong -> found.add("wrong"));
            byte[] bytes = text.replace('|', '\n').getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < bytes.length; i += piece) {
                int count = Math.min(piece, bytes.length - i);
                lines.add(Arrays.copyOfRange(bytes, i, i + count), count);
            }
            assertEquals(expected, found.toString());
        }
    }

    @Test
    void a_line_without_an_end_holds_nothing_up() {
        List<Object> found = new ArrayList<>();
        NumberLines lines = new NumberLines(3, found::add, wrong -> found.add(wrong.length()));
        lines.add(new byte[1000], 1000);
        lines.add("\n1 2 3\n".getBytes(StandardCharsets.US_ASCII), 7);
        assertEquals("[199, [1, 2, 3]]", found.toString());
    }

    /** Nothing that would name another process, or pass a descriptor. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"READY=1|MAINPID=1|STATUS=fine; READY=1|STATUS=fine", "READY=12; ''", "FDSTORE=1; ''", "X=READY=1; ''", "WATCHDOG=trigger|; WATCHDOG=trigger"})
    void a_container_may_say_that(String said, String again) {
        assertEquals(again, NotifySocket.saidAgain(said.replace('|', '\n')).replace('\n', '|'));
    }
}
