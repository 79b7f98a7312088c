package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.OciVersion;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That two rows of one type have not changed places: a round trip would not notice. */
class ComponentTest {

    private static final Map<String, String> NAMED_OTHERWISE = Map.of("ioClass", "class", "last", "final");

    static Stream<Schema.Property> scalars() {
        return Schema.load().properties().stream()
                .filter(property -> List.of("string", "version", "integer", "boolean", "enum").contains(property.kind()));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void a_property_lands_in_the_component_of_its_name(Schema.Property property) throws ReflectiveOperationException {
        // Another value than the samples around it have.
        String value = switch (property.kind()) {
            case "string" -> property.path();
            case "version" -> "1.9.9";
            case "integer" -> "4";
            case "enum" -> property.type().get(property.type().size() - 1);
            default -> "true";
        };
        boolean quoted = !property.kind().equals("integer") && !property.kind().equals("boolean");
        byte[] json = property.document(quoted ? "\"" + value + "\"" : value).getBytes(StandardCharsets.UTF_8);
        List<String> leaves = new ArrayList<>();
        collect(leaves, "", switch (property.document()) {
            case "config" -> ConfigJson.read(json);
            case "state" -> StateJson.read(json, 0, json.length);
            default -> FeaturesJson.read(json, 0, json.length);
        });
        assertTrue(leaves.contains(property.complaintPath() + " = " + value), () -> property + " in " + leaves);
    }

    private static void collect(List<String> leaves, String path, Object value) throws ReflectiveOperationException {
        if (value instanceof Optional<?> optional) {
            if (optional.isPresent()) {
                collect(leaves, path, optional.get());
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                collect(leaves, path + "[" + i + "]", list.get(i));
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                collect(leaves, path + "." + entry.getKey(), entry.getValue());
            }
        } else if (value instanceof Record && !(value instanceof OciVersion)) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                String name = NAMED_OTHERWISE.getOrDefault(component.getName(), component.getName());
                collect(leaves, path.isEmpty() ? name : path + "." + name, component.getAccessor().invoke(value));
            }
        } else if (value instanceof OptionalLong number) {
            number.ifPresent(present -> leaves.add(path + " = " + present));
        } else if (value instanceof OptionalInt number) {
            number.ifPresent(present -> leaves.add(path + " = " + present));
        } else {
            leaves.add(path + " = " + (value instanceof Enum<?> word ? word(word) : value));
        }
    }

    private static String word(Enum<?> word) throws ReflectiveOperationException {
        String text = (String) word.getDeclaringClass().getMethod("text").invoke(word);
        // The words with a name of their own must be the right ones too.
        List<String> letters = List.of("c", "b", "u", "p", "a");
        assertTrue(letters.contains(text) || text.toUpperCase(Locale.ROOT).equals(word.name()), text);
        return text;
    }
}
