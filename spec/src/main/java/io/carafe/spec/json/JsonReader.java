package io.carafe.spec.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * A cursor on one value of a document. Every error is a {@link SpecException} with the path
 * of the value at which the reader stands.
 */
public final class JsonReader {

    /** The longest document that is read, in bytes: 16 MiB. */
    public static final int MAX_LENGTH = 16 << 20;

    /** How many objects and arrays may stand in one another. The specification's own documents need 7. */
    public static final int MAX_DEPTH = 100;

    /** What to say of a name that an object has twice. */
    public static final String GIVEN_TWICE = "given twice";

    private final JsonParser parser;
    private String name = "";
    private Object[] kept = new Object[64];
    private int top;

    JsonReader(JsonParser parser) {
        this.parser = parser;
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
        char[] chars = name.toCharArray();
        check(chars, 0, chars.length);
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
            check(chars, from, to);
            return new String(chars, from, to - from);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** JSON's true or false. */
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
            int from = parser.getTextOffset();
            return Decimal.parse(parser.getTextCharacters(), from, from + parser.getTextLength(), min, max);
        } catch (ArithmeticException e) {
            throw expected("an integer from " + min + " to " + (max < min ? Long.toUnsignedString(max) : Long.toString(max)));
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** A string, a number, true, false or null as its text; an object or an array is passed over and reads as an ellipsis. */
    public String scalar() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            skip();
            return "…";
        }
        try {
            return parser.getText();
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

    /** What the reader stands at, as it is named in a complaint. */
    String found() {
        try {
            return switch (parser.currentToken()) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> Excerpt.quoted(parser.getText());
                default -> Excerpt.plain(parser.getText());
            };
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private SpecException malformed(Exception e) {
        return Malformed.at(parser, e);
    }

    /** Goes to the next token; null at the end of the document. */
    JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException | IllegalStateException e) {
            throw malformed(e);
        }
    }

    private void check(char[] chars, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = chars[i];
            if (c == 0) {
                throw wrong("expected text without a NUL character");
            }
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                if (c > Character.MAX_HIGH_SURROGATE || i + 1 == to || !Character.isLowSurrogate(chars[++i])) {
                    throw wrong("expected Unicode text, found half a surrogate pair");
                }
            }
        }
    }
}
