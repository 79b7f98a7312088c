package io.carafe.conformance.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class DocumentTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                  | /a/b       | {\"a\":{\"b\":7}}",
        "{\"a\":[1]}         | /a/-       | {\"a\":[1,7]}",
        "{}                  | /a/-       | {\"a\":[7]}",
        "{\"a\":[1,2]}       | /a/0       | {\"a\":[7,2]}",
        "{\"a\":[{\"b\":1}]} | /a/0/b     | {\"a\":[{\"b\":7}]}",
        "{}                  | /a~1b/~0c  | {\"a/b\":{\"~c\":7}}"})
    void a_value_is_put_there(String before, String pointer, String after) {
        assertEquals(after, Document.parse(before).set(pointer, 7).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"a\":1,\"b\":2} | /a     | {\"b\":2}",
        "{\"a\":[1,2,3]}   | /a/1   | {\"a\":[1,3]}",
        "{\"a\":{\"b\":1}} | /a/b   | {\"a\":{}}",
        "{\"a\":1}         | /x/y   | {\"a\":1}",
        "{\"a\":[1]}       | /a/4   | {\"a\":[1]}"})
    void a_value_is_taken_out(String before, String pointer, String after) {
        assertEquals(after, Document.parse(before).remove(pointer).toString());
    }

    @Test
    void nothing_is_found_where_nothing_is() {
        assertEquals(Optional.empty(), Document.parse("{\"a\":[1]}").at("/a/1"));
        assertEquals(Optional.empty(), Document.parse("{\"a\":[1]}").at("/a/b"));
    }

    @Test
    void what_is_no_JSON_or_more_than_one_value_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> Json.parse("{"));
        assertThrows(IllegalArgumentException.class, () -> Json.parse("{} {}"));
        assertThrows(IllegalArgumentException.class, () -> Document.parse("[]"));
    }
}
