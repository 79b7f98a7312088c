package io.carafe.linux.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A trace as a viewer reads it: JSON by a parser that is not ours, the end added where it is missing. */
final class TraceFile {

    private TraceFile() {
    }

    static List<Map<String, Object>> read(Path path) throws IOException {
        return all(path).stream().filter(event -> !event.get("ph").equals("M")).toList();
    }

    /** The names of processes, too. */
    static List<Map<String, Object>> all(Path path) throws IOException {
        String text = Files.readString(path);
        return whole(text.endsWith("]\n") ? text : text + "]");
    }

    /** @throws IOException when it is not a document of JSON */
    static List<Map<String, Object>> whole(String text) throws IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            for (Object event : array(parser)) {
                @SuppressWarnings("unchecked")
                Map<String, Object> members = (Map<String, Object>) event;
                events.add(members);
            }
            if (parser.nextToken() != null) {
                throw new IOException("something follows the array");
            }
        }
        return events;
    }

    private static List<Object> array(JsonParser parser) throws IOException {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser));
        }
        return values;
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_ARRAY -> array(parser);
            case START_OBJECT -> object(parser);
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_NULL -> "null";
            default -> parser.getText();
        };
    }
}
