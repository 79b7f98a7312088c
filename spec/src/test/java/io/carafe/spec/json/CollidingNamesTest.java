package io.carafe.spec.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Names that are made for the parser's table, whose hash has a secret: refused for what they are, before they take long. */
class CollidingNamesTest {

    private static final int SAME_BITS = 0x1ff;
    private static final int MANY = 2500;

    /** The secret of a table, which no stranger can ask for. */
    private static ByteQuadsCanonicalizer table(JsonFactory factory) throws ReflectiveOperationException {
        Field table = JsonFactory.class.getDeclaredField("_byteSymbolCanonicalizer");
        table.setAccessible(true);
        return (ByteQuadsCanonicalizer) table.get(factory);
    }

    /** By a table of its own: that of the codec has grown by what other tests have read. */
    @Test
    void names_that_collide_are_refused_as_such() throws ReflectiveOperationException, IOException {
        JsonFactory factory = new JsonFactory();
        ByteQuadsCanonicalizer table = table(factory);
        StringBuilder json = new StringBuilder("{\"ociVersion\":\"1.0.0\",\"annotations\":{\"a\":\"\"");
        int found = 0;
        for (int i = 0; found < MANY; i++) {
            int quad = 'a' + i % 26 << 24 | 'a' + i / 26 % 26 << 16 | 'A' + i / 676 % 58 << 8 | '0' + i / 39208 % 43;
            if ((table.calcHash(quad) & SAME_BITS) == 0 && (quad >>> 8 & 0xff) != '\\') {
                json.append(",\"").append((char) (quad >>> 24)).append((char) (quad >>> 16 & 0xff)).append((char) (quad >>> 8 & 0xff))
                        .append((char) (quad & 0xff)).append("\":\"\"");
                found++;
            }
        }
        byte[] document = json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = factory.createParser(document)) {
            String message = Malformed.at(parser, assertThrows(StreamConstraintsException.class, () -> readAll(parser))).getMessage();
            assertEquals("expected names as people give them, found too many that share a hash", message.substring(message.indexOf(": ") + 2));
        }
    }

    private static void readAll(JsonParser parser) throws IOException {
        while (parser.nextToken() != null) {
            continue;
        }
    }
}
