package io.carafe.spec.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Stands at one value of a document and moves on as it is asked. Every complaint is a {@link SpecException} with the path
 * of the value at which the reader stands.
 */
public final class JsonReader {

    /** The longest document that is read, in bytes: 16 MiB. The longest config.json that docker writes has some 50 KiB. */
    public static final int MAX_LENGTH = 16 << 20;

    /** How many objects and arrays may stand in one another. The specification's own documents need 8. */
    public static final int MAX_DEPTH = 100;

    /** What to say of a name that an object has twice. */
    public static final String GIVEN_TWICE = "given twice";

    // Interning costs a native call per name, the thread-local pool a lookup; neither pays off in a process that reads one
    // document. Canonicalising stays: without it jackson decodes to characters first and then tokenises those.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.USE_THREAD_LOCAL_FOR_BUFFER_RECYCLING)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_LENGTH)
                    .maxNameLength(MAX_LENGTH)
                    .maxNumberLength(MAX_LENGTH)
                    .build())
            .build();

    private static final long UNSIGNED_LAST = Long.divideUnsigned(-1, 10);

    private final JsonParser parser;
    private String name = "";
    private Object[] kept = new Object[64];
    private int top;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a whole document.
     *
     * @param document reads the one value of the document
     * @throws SpecException when the bytes are not JSON in UTF-8, when the document is too long or nested too deeply, when
     *     anything but white space follows the value, and when {@code document} says so
     */
    public static <V> V read(byte[] json, int offset, int length, Function<JsonReader, V> document) {
        if (length > MAX_LENGTH) {
            throw new SpecException("", "expected a document of at most " + MAX_LENGTH + " bytes, found " + length);
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

    /** Enters an object; {@link #nextProperty} goes to its first value. */
    public void beginObject() {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw expected("an object");
        }
    }

    /** Goes to the value of the next property; false at the end of the object, which the value before must have been read to. */
    public boolean nextProperty() {
        try {
            name = parser.nextFieldName();
            if (name == null) {
                return false;
            }
            parser.nextToken();
            return true;
        } catch (IOException | IllegalStateException e) {
            throw malformed(e);
        }
    }

    /** The name that {@link #nextProperty} has just found. */
    public String name() {
        return name;
    }

    /** As {@link #name}, where the name is data: it must not be empty and must be text as {@link #text} wants it. */
    public String nameAsText() {
        if (name.isEmpty()) {
            throw wrong("expected a name, found an empty one");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                i = special(name.toCharArray(), i, name.length());
            }
        }
        return name;
    }

    /** Enters an array; {@link #nextElement} goes to its first value. */
    public void beginArray() {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw expected("an array");
        }
    }

    /** Goes to the next value of the array; false at its end. */
    public boolean nextElement() {
        return next() != JsonToken.END_ARRAY;
    }

    /** Whether the reader stands at a null. */
    public boolean atNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Whether the reader stands at {@code ""}. */
    public boolean atEmptyText() {
        try {
            return parser.currentToken() == JsonToken.VALUE_STRING && parser.getTextLength() == 0;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Passes over the value, whatever it is. */
    public void skip() {
        try {
            parser.skipChildren();
        } catch (IOException | IllegalStateException e) {
            throw malformed(e);
        }
    }

    /** A string without NUL, which is valid Unicode. */
    public String text() {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw expected("a string");
        }
        try {
            char[] chars = parser.getTextCharacters();
            int from = parser.getTextOffset();
            int to = from + parser.getTextLength();
            for (int i = from; i < to; i++) {
                char c = chars[i];
                if (c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                    i = special(chars, i, to);
                }
            }
            return new String(chars, from, to - from);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    public boolean bool() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw expected("true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /**
     * An integer without fraction or exponent.
     *
     * @param min the smallest
     * @param max the largest; when it is below {@code min}, both and the result are unsigned
     */
    public long integer(long min, long max) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw expected("an integer");
        }
        try {
            char[] chars = parser.getTextCharacters();
            int at = parser.getTextOffset();
            int to = at + parser.getTextLength();
            boolean negative = chars[at] == '-';
            boolean unsigned = max < min;
            long value = 0;
            for (at += negative ? 1 : 0; at < to; at++) {
                int digit = chars[at] - '0';
                // 922337203685477580 * 10 + 8 is the first magnitude that only a negative number or an unsigned one may have.
                if (unsigned ? Long.compareUnsigned(value, UNSIGNED_LAST) > 0 || value == UNSIGNED_LAST && digit > 5
                        : value < -(Long.MAX_VALUE / 10) || value == -(Long.MAX_VALUE / 10) && digit > 8) {
                    throw outside(min, max);
                }
                value = unsigned ? value * 10 + digit : value * 10 - digit;
            }
            if (unsigned) {
                if (negative && value != 0) {
                    throw outside(min, max);
                }
                return value;
            }
            // Counted downwards, since the smallest long has no positive counterpart.
            if (!negative && value == Long.MIN_VALUE) {
                throw outside(min, max);
            }
            long signed = negative ? value : -value;
            if (signed < min || signed > max) {
                throw outside(min, max);
            }
            return signed;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** How many values are kept. */
    public int mark() {
        return top;
    }

    /** Keeps a value of a list whose length is not known yet. */
    public void keep(Object value) {
        if (top == kept.length) {
            kept = Arrays.copyOf(kept, top * 2);
        }
        kept[top++] = value;
    }

    /** The values kept since the mark, which are all of type V; they are kept no longer. */
    @SuppressWarnings("unchecked")
    public <V> List<V> since(int mark) {
        Object[] values = Arrays.copyOfRange(kept, mark, top);
        Arrays.fill(kept, mark, top, null);
        top = mark;
        return (List<V>) List.of(values);
    }

    /** A complaint about the value at which the reader stands. */
    public SpecException wrong(String complaint) {
        return new SpecException(PropertyPath.of(parser.getParsingContext()), complaint);
    }

    /** A complaint about a property that the object which has just ended should have had. */
    public SpecException missing(String property) {
        return new SpecException(PropertyPath.of(parser.getParsingContext(), property), "required, but missing");
    }

    private SpecException expected(String what) {
        return wrong("expected " + what + ", found " + found());
    }

    private SpecException outside(long min, long max) {
        return expected("an integer from " + Long.toString(min) + " to " + (max < min ? Long.toUnsignedString(max) : Long.toString(max)));
    }

    private String found() {
        try {
            switch (parser.currentToken()) {
                case START_OBJECT:
                    return "an object";
                case START_ARRAY:
                    return "an array";
                case VALUE_STRING:
                    return Excerpt.quoted(parser.getText());
                default:
                    return Excerpt.plain(parser.getText());
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private SpecException malformed(Exception e) {
        return Malformed.at(parser, e);
    }

    private JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException | IllegalStateException e) {
            throw malformed(e);
        }
    }

    /** Complains about a NUL or half a surrogate pair; the index of the last character of what it let pass. */
    private int special(char[] chars, int i, int to) {
        if (chars[i] == 0) {
            throw wrong("expected text without a NUL character");
        }
        if (Character.isHighSurrogate(chars[i]) && i + 1 < to && Character.isLowSurrogate(chars[i + 1])) {
            return i + 1;
        }
        throw wrong("expected Unicode text, found half a surrogate pair");
    }
}
