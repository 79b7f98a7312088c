package io.carafe.spec.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Function;

/** Parses a whole document from bytes. */
public final class JsonDocument {

    // Interning and recycled buffers do not pay off in a process that reads one document. Canonicalising stays: without it
    // jackson decodes the bytes to characters first and then tokenises those.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.USE_THREAD_LOCAL_FOR_BUFFER_RECYCLING)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonReader.MAX_DEPTH)
                    .maxStringLength(JsonReader.MAX_LENGTH)
                    .maxNameLength(JsonReader.MAX_LENGTH)
                    .maxNumberLength(JsonReader.MAX_LENGTH)
                    .build())
            .build();

    private JsonDocument() {
    }

    /**
     * Reads a whole document.
     *
     * @param document reads the one value of the document
     * @throws SpecException when the bytes are not JSON in UTF-8, when the document is too long or nested too deeply, when
     *     anything but white space follows the value, and when {@code document} says so
     */
    public static <V> V read(byte[] json, int offset, int length, Function<JsonReader, V> document) {
        if (length > JsonReader.MAX_LENGTH) {
            throw new SpecException("", "expected a document of at most " + JsonReader.MAX_LENGTH + " bytes, found " + length);
        }
        Malformed.refuseOtherEncodings(json, offset, length);
        try (JsonParser parser = FACTORY.createParser(json, offset, length)) {
            JsonReader in = new JsonReader(parser);
            if (in.next() == null) {
                throw in.wrong("expected a JSON document, found nothing");
            }
            V value = document.apply(in);
            if (in.next() != null) {
                throw in.wrong("expected nothing after the document, found " + in.found());
            }
            return value;
        } catch (IOException e) {
            throw Malformed.document(e);
        }
    }

    /**
     * Makes names known, so that finding one in a document costs no memory. To be called from static initialisers.
     */
    public static void learn(Collection<String> names) {
        byte[] json = JsonWriter.compact(out -> {
            out.beginObject();
            for (String name : names) {
                out.name(name);
                out.bool(true);
            }
            out.endObject();
        });
        read(json, 0, json.length, in -> {
            in.skip();
            return names;
        });
    }
}
