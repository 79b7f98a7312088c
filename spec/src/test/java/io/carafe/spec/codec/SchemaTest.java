package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.carafe.spec.json.SpecException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

    private static final Schema SCHEMA = Schema.load();

    static List<Schema.Property> every() {
        return SCHEMA.properties();
    }

    static Stream<Schema.Property> integers() {
        return SCHEMA.properties().stream().filter(property -> property.kind().equals("integer"));
    }

    static Stream<Schema.Property> words() {
        return SCHEMA.properties().stream().filter(property -> property.kind().equals("enum"));
    }

    static Stream<Schema.Property> required() {
        return SCHEMA.properties().stream().filter(Schema.Property::required);
    }

    static Stream<Schema.Property> named() {
        return SCHEMA.properties().stream().filter(property -> !property.path().endsWith("[]"));
    }

    static Stream<Schema.Property> optional() {
        return SCHEMA.properties().stream().filter(property -> !property.required() && !property.path().endsWith("[]"));
    }

    @ParameterizedTest
    @MethodSource("every")
    void a_value_of_another_type_is_refused_by_its_path(Schema.Property property) {
        String wrong = switch (property.kind()) {
            case "string", "version" -> "1";
            case "integer", "boolean" -> "\"1\"";
            case "array" -> "{}";
            case "enum" -> "\"nonsense\"";
            default -> "[]";
        };
        assertEquals(property.complaintPath(), refused(property.document(), property.document(wrong)).path());
    }

    @ParameterizedTest
    @MethodSource("integers")
    void an_integer_is_taken_up_to_the_ends_of_its_range_and_not_beyond(Schema.Property property) {
        BigInteger min = new BigInteger(property.arguments().get(0));
        BigInteger max = new BigInteger(property.arguments().get(1));
        for (BigInteger right : List.of(min, max)) {
            assertDoesNotThrow(() -> write(property.document(), property.document(right.toString())), right.toString());
        }
        for (BigInteger wrong : List.of(min.subtract(BigInteger.ONE), max.add(BigInteger.ONE), max.multiply(BigInteger.TEN))) {
            SpecException complaint = refused(property.document(), property.document(wrong.toString()));
            assertEquals(property.complaintPath() + ": expected an integer from " + min + " to " + max + ", found " + wrong,
                    complaint.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("words")
    void every_word_of_a_closed_set_is_taken(Schema.Property property) {
        for (String word : property.arguments()) {
            assertDoesNotThrow(() -> write(property.document(), property.document("\"" + word + "\"")), word);
        }
    }

    @ParameterizedTest
    @MethodSource("required")
    void a_required_property_that_is_absent_or_null_is_complained_about(Schema.Property property) {
        for (String document : List.of(property.documentWithout(), property.document("null"))) {
            assertEquals(property.complaintPath() + ": required, but missing", refused(property.document(), document).getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("optional")
    void null_is_the_same_as_absent(Schema.Property property) {
        assertEquals(write(property.document(), property.documentWithout()), write(property.document(), property.document("null")));
    }

    @ParameterizedTest
    @MethodSource("named")
    void a_property_that_is_given_twice_is_refused(Schema.Property property) {
        String name = property.complaintPath().substring(property.complaintPath().lastIndexOf('.') + 1);
        String mark = "\"" + name + "\":" + "\"@\"";
        String value = "\"" + name + "\":" + property.sample(false);
        String document = property.document("\"@\"").replace(mark, value + "," + value);
        assertEquals(property.complaintPath() + ": given twice", refused(property.document(), document).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "state", "features"})
    void a_document_with_every_property_is_written_as_it_was_read(String document) throws IOException {
        String whole = SCHEMA.root(document).sample(true);
        assertEquals(leaves(whole), leaves(write(document, whole)));
    }

    private static SpecException refused(String document, String json) {
        return assertThrows(SpecException.class, () -> write(document, json), json);
    }

    private static String write(String document, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        byte[] written = switch (document) {
            case "config" -> ConfigJson.write(ConfigJson.read(bytes));
            case "state" -> StateJson.write(StateJson.read(bytes, 0, bytes.length));
            default -> FeaturesJson.write(FeaturesJson.read(bytes, 0, bytes.length));
        };
        return new String(written, StandardCharsets.UTF_8);
    }

    /** Path and value of everything in a document, whatever the order. */
    private static Set<String> leaves(String json) throws IOException {
        Set<String> leaves = new TreeSet<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    leaves.add(parser.getParsingContext().pathAsPointer() + " = " + parser.getText());
                }
            }
        }
        return leaves;
    }
}
