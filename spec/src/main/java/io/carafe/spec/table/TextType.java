package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;

/**
 * Something that stands in a JSON string. Where such a property is optional, an empty string means that it is absent, as
 * it does for every program that reads config.json with Go's structs.
 */
public abstract class TextType<V> implements ValueType<V> {

    /** Any string without NUL, which no kernel interface could take. */
    public static final TextType<String> TEXT = new TextType<>() {
        @Override
        protected String parse(String text) {
            return text;
        }

        @Override
        protected String text(String value) {
            return value;
        }
    };

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException with a complaint that needs no subject, such as {@code expected …, found "x"}
     */
    protected abstract V parse(String text);

    /** What {@link #parse} would read. */
    protected abstract String text(V value);

    @Override
    public String form() {
        return "a string";
    }

    @Override
    public final V read(JsonReader in) {
        String text = in.text();
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw in.wrong(e.getMessage());
        }
    }

    @Override
    public final void write(JsonWriter out, V value) {
        out.text(text(value));
    }
}
