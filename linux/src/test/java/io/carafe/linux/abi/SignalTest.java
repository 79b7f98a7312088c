package io.carafe.linux.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {

    @ParameterizedTest
    @CsvSource({"9, 9", "KILL, 9", "sigkill, 9", "SigTerm, 15", "1, 1", "31, 31", "34, 34", "64, 64", "09, 9", "winch, 28", "SIGSYS, 31", "0, 0",
            "RTMIN, 34", "SIGRTMIN+1, 35", "rtmin+30, 64", "RTMAX, 64", "SIGRTMAX-14, 50", "CLD, 17", "SIGPOLL, 29", "IOT, 6"})
    void a_signal_is_a_number_or_a_name(String text, int number) {
        assertEquals(Optional.of(number), Signal.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "65", "-1", "+9", "9 ", " KILL", "SIG", "SIGSIGKILL", "KILL9", "999", "99999999999", "٩", "SIGNONE", "RTMIN+31", "RTMAX-31", "RTMIN-1", "RTMAX+1", "RTMIN+", "RTM"})
    void anything_else_is_none(String text) {
        assertEquals(Optional.empty(), Signal.parse(text));
    }

    @Test
    void the_bit_of_a_signal_is_counted_from_one() {
        assertEquals(1L, Signal.bit(1));
        assertEquals(0x4000L, Signal.bit(Signal.SIGTERM.number));
        assertEquals(Long.MIN_VALUE, Signal.bit(Signal.LAST));
    }
}
