package io.carafe.runtime.cgroup.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantTextTest {

    private static String shown(BusValue value) {
        return value.value() instanceof java.util.List<?>
                ? value.parts().stream().map(VariantTextTest::shown).collect(Collectors.joining(" ", "<", ">")) : value.value().toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "true                             | b     | true",
        "false                            | b     | false",
        "7                                | i     | 7",
        "-7                               | i     | -7",
        "0x10                             | i     | 16",
        "1.5                              | d     | 1.5",
        "double 2                         | d     | 2.0",
        "byte 255                         | y     | 255",
        "uint16 9                         | q     | 9",
        "uint32 4294967295                | u     | 4294967295",
        "int64 -9                         | x     | -9",
        "uint64 18446744073709551615      | t     | -1",
        "'it\\'s'                         | s     | it's",
        "\"two words\"                    | s     | two words",
        "objectpath '/a'                  | o     | /a",
        "['a', 'b']                       | as    | <a b>",
        "@as []                           | as    | <>",
        "@au [1, 2]                       | au    | <1 2>",
        "[uint64 1, 2]                    | at    | <1 2>",
        "[('/dev/null', 'rw'), ('a','b')] | a(ss) | <</dev/null rw> <a b>>",
        "(true, 1)                        | (bi)  | <true 1>",
        "('a',)                           | (s)   | <a>",
    })
    void a_text_has_a_type_and_a_value(String text, String signature, String value) {
        BusValue parsed = VariantText.parse(text);
        assertEquals(signature, parsed.signature());
        assertEquals(value, shown(parsed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "'open", "[1, 'a']", "[]", "[1", "1 2", "byte 256", "uint64 -1", "int32 true", "@as [1]", "4294967296", "()",
        "{'a': 1}", "boolean 1", "uint32", "@s (1, 2)"})
    void what_is_no_value_is_refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> VariantText.parse(text));
    }

    @Test
    void what_is_nested_too_deeply_is_refused_and_not_echoed_in_full() {
        for (String deep : List.of("[".repeat(1_000_000), "(".repeat(1_000_000), "byte ".repeat(1_000_000), "@ay ".repeat(1_000_000))) {
            String message = assertThrows(IllegalArgumentException.class, () -> VariantText.parse(deep)).getMessage();
            assertTrue(message.contains("at most 64 values in one another") && message.length() < 300, message);
        }
    }
}
