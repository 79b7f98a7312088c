package io.carafe.spec.codec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** properties.txt as a tree: what the codec has to know, told apart from the codec's own tables. */
final class Schema {

    /**
     * One property; the one entry of an array is called {@code []}, that of a map {@code *}.
     *
     * @param type the kind, and then a range or the words
     */
    record Property(String document, String path, boolean required, List<String> type, Optional<Property> parent,
            Map<String, Property> children) {

        String kind() {
            return type.get(0);
        }

        List<String> arguments() {
            return type.subList(1, type.size());
        }

        /** As a complaint names it in a document of {@link #document(String)}. */
        String complaintPath() {
            return path.replace("[]", "[0]").replace(".*", ".x");
        }

        boolean isEntry() {
            return path.endsWith("[]") || path.endsWith(".*");
        }

        /** A right value: the longest one or the first word, with every required property, or with all of them. */
        String sample(boolean whole) {
            return switch (kind()) {
                case "string" -> "\"x\"";
                case "version" -> "\"1.2.3\"";
                case "boolean" -> "true";
                case "integer" -> type.get(2);
                case "enum" -> "\"" + type.get(1) + "\"";
                case "array" -> "[" + children.get("[]").sample(whole) + "]";
                default -> object(child -> child.isEntry() || whole || child.required()
                        ? Optional.of(child.sample(whole)) : Optional.empty());
            };
        }

        /** A document in which this property has this value, and all around it is right. */
        String document(String value) {
            return around(Optional.of(value));
        }

        /** A document in which this property is absent, and all around it is right. */
        String documentWithout() {
            return around(Optional.empty());
        }

        private String around(Optional<String> value) {
            if (parent.isEmpty()) {
                return value.orElseThrow();
            }
            Property outer = parent.get();
            if (outer.kind().equals("array")) {
                return outer.document("[" + value.orElse("") + "]");
            }
            return outer.document(outer.object(child -> child == this ? value
                    : child.required() && !child.isEntry() ? Optional.of(child.sample(false)) : Optional.empty()));
        }

        private String object(Function<Property, Optional<String>> values) {
            StringBuilder out = new StringBuilder("{");
            for (Property child : children.values()) {
                Optional<String> value = values.apply(child);
                if (value.isPresent()) {
                    String name = child.path().substring(child.path().lastIndexOf('.') + 1).replace("*", "x");
                    out.append(out.length() == 1 ? "" : ",").append('"').append(name).append("\":").append(value.get());
                }
            }
            return out.append('}').toString();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return document + " " + path;
        }
    }

    private final Map<String, Property> roots = new LinkedHashMap<>();
    private final List<Property> properties = new ArrayList<>();

    private Schema() {
    }

    static Schema load() {
        Schema schema = new Schema();
        try (InputStream in = Schema.class.getResourceAsStream("properties.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    schema.add(line.split(" "));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return schema;
    }

    /** All properties of all documents. */
    List<Property> properties() {
        return properties;
    }

    /** The document itself. */
    Property root(String document) {
        return roots.get(document);
    }

    private void add(String[] line) {
        Property outer = roots.computeIfAbsent(line[0], document ->
                new Property(document, "", true, List.of("object"), Optional.empty(), new LinkedHashMap<>()));
        String[] steps = line[1].replace("[]", ".[]").split("\\.");
        for (int i = 0; i < steps.length - 1; i++) {
            outer = outer.children().get(steps[i]);
        }
        Property property = new Property(line[0], line[1], line[2].equals("required"), List.of(line).subList(3, line.length),
                Optional.of(outer), new LinkedHashMap<>());
        outer.children().put(steps[steps.length - 1], property);
        properties.add(property);
    }
}
