package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;

/** How one type of value is read and written. */
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
    };

    /**
     * Reads the value that the reader stands at.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one of this type
     */
    V read(JsonReader in);

    /** Writes a value. */
    void write(JsonWriter out, V value);
}
