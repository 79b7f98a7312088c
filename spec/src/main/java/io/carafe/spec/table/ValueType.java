package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import java.util.List;

/** Reads and writes one type of value. */
public interface ValueType<V> {

    /** JSON's true and false. */
    ValueType<Boolean> BOOLEAN = new ValueType<>() {
        @Override
        public Boolean read(JsonReader in) {
            return in.bool();
        }

        @Override
        public void write(JsonWriter out, Boolean value) {
            out.bool(value);
        }

        @Override
        public String form() {
            return "true or false";
        }
    };

    /**
     * Reads the value that the reader stands at.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one of this type
     */
    V read(JsonReader in);

    /** Writes a value. */
    void write(JsonWriter out, V value);

    /** The value's form for documentation: {@code a string}. The parser does not use it. */
    String form();

    /** The properties of a value that stands at {@code path}, and theirs, in order. */
    default List<Outline> inside(String path) {
        return List.of();
    }
}
