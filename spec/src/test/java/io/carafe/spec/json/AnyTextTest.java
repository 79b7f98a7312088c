package io.carafe.spec.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AnyTextTest {

    @Property(tries = 500)
    void what_is_written_is_what_jackson_and_the_reader_read(@ForAll String any) throws IOException {
        // By way of UTF-16, in which half a surrogate pair becomes the replacement character, and without NUL.
        String text = new String(any.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16).replace('\u0000', ' ');
        byte[] json = JsonWriter.compact(out -> out.text(text));
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            assertEquals(text, parser.getText());
        }
        assertEquals(text, JsonDocument.read(json, 0, json.length, JsonReader::text));
    }
}
