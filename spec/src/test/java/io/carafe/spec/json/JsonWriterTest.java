package io.carafe.spec.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

    private static final Consumer<JsonWriter> DOCUMENT = out -> {
        out.beginObject();
        out.name("a");
        out.beginArray();
        out.text("/x");
        out.integer("-1");
        out.beginObject();
        out.endObject();
        out.endArray();
        out.name("b");
        out.beginArray();
        out.endArray();
        out.name("c");
        out.bool(false);
        out.endObject();
    };

    @Test
    void a_pretty_document_has_tabs_and_ends_with_a_line_feed() {
        assertEquals("{\n\t\"a\": [\n\t\t\"/x\",\n\t\t-1,\n\t\t{}\n\t],\n\t\"b\": [],\n\t\"c\": false\n}\n",
                new String(JsonWriter.pretty(DOCUMENT), StandardCharsets.UTF_8));
    }

    @Test
    void a_compact_document_has_no_white_space() {
        assertEquals("{\"a\":[\"/x\",-1,{}],\"b\":[],\"c\":false}", new String(JsonWriter.compact(DOCUMENT), StandardCharsets.UTF_8));
    }

    @Test
    void what_json_does_not_allow_in_a_string_is_escaped() {
        assertEquals("\"\\\"\\\\/\\n\\r\\t\\u0001\\u001f\\u007f\u00e9\u20ac\ud83d\ude00\"", written("\"\\/\n\r\t\u0001\u001f\u007f\u00e9\u20ac\ud83d\ude00"));
    }

    /** A document is printed, too. */
    @Test
    void what_a_terminal_acts_on_is_escaped_as_well() {
        assertEquals("\"\\u0085\\u009b\\u202e\\u2066\\u2028\\u2029\\u200f\\u061c\u00a0\u2010\"", written("\u0085\u009b\u202e\u2066\u2028\u2029\u200f\u061c\u00a0\u2010"));
    }

    @Test
    void half_a_surrogate_pair_becomes_the_replacement_character() {
        assertEquals("\"a\ufffdb\ufffd\"", written("a\ud800b\udc00"));
    }

    private static String written(String text) {
        return new String(JsonWriter.compact(out -> out.text(text)), StandardCharsets.UTF_8);
    }
}
