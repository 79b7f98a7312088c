package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One row of a {@link RecordTable}. A value of null counts as absent, as it does in Go's encoding/json. What is absent in
 * a record is not written.
 *
 * @param <R> the record
 * @param <V> the type of its component
 */
public final class Property<R, V> {

    final String name;
    final ValueType<V> type;
    final boolean required;
    // Of a required property, something that is never seen.
    final Object absent;
    private final boolean alwaysWritten;
    private final Function<R, V> component;

    private Property(String name, ValueType<V> type, boolean required, boolean alwaysWritten, Object absent, Function<R, V> component) {
        this.name = name;
        this.type = type;
        this.required = required;
        this.alwaysWritten = alwaysWritten;
        this.absent = absent;
        this.component = component;
    }

    /** A property that must be there. */
    public static <R, V> Property<R, V> required(String name, ValueType<V> type, Function<R, V> component) {
        return new Property<>(name, type, true, true, "absent", component);
    }

    /** A property that has a value of its own when it is absent. */
    public static <R, V> Property<R, V> defaulted(String name, ValueType<V> type, V absent, Function<R, V> component) {
        return new Property<>(name, type, false, false, absent, component);
    }

    /** A property that may be absent; a text that is empty is absent too. */
    public static <R, V> Property<R, Optional<V>> optional(String name, ValueType<V> type, Function<R, Optional<V>> component) {
        boolean text = type instanceof TextType;
        return defaulted(name, new Perhaps<>(type) {
            @Override
            public Optional<V> read(JsonReader in) {
                return text && in.atEmptyText() ? Optional.empty() : Optional.of(type.read(in));
            }

            @Override
            public void write(JsonWriter out, Optional<V> value) {
                type.write(out, value.orElseThrow());
            }
        }, Optional.empty(), component);
    }

    /** An integer that may be absent. */
    public static <R> Property<R, OptionalLong> optionalLong(String name, LongType type, Function<R, OptionalLong> component) {
        return defaulted(name, new Perhaps<>(type) {
            @Override
            public OptionalLong read(JsonReader in) {
                return OptionalLong.of(type.readLong(in));
            }

            @Override
            public void write(JsonWriter out, OptionalLong value) {
                type.writeLong(out, value.orElseThrow());
            }
        }, OptionalLong.empty(), component);
    }

    /** An integer that may be absent. */
    public static <R> Property<R, OptionalInt> optionalInt(String name, IntType type, Function<R, OptionalInt> component) {
        return defaulted(name, new Perhaps<>(type) {
            @Override
            public OptionalInt read(JsonReader in) {
                return OptionalInt.of(type.readInt(in));
            }

            @Override
            public void write(JsonWriter out, OptionalInt value) {
                type.writeInt(out, value.orElseThrow());
            }
        }, OptionalInt.empty(), component);
    }

    /** An array; absent means empty. */
    public static <R, V> Property<R, List<V>> list(String name, ValueType<V> element, Function<R, List<V>> component) {
        return defaulted(name, new ListType<>(element, true), List.of(), component);
    }

    /** An array that must be there and must have an entry. */
    public static <R, V> Property<R, List<V>> filledList(String name, ValueType<V> element, Function<R, List<V>> component) {
        return required(name, new ListType<>(element, false), component);
    }

    /** An array; absent and empty differ. */
    public static <R, V> Property<R, Optional<List<V>>> optionalList(String name, ValueType<V> element,
            Function<R, Optional<List<V>>> component) {
        return optional(name, new ListType<>(element, true), component);
    }

    /** An object whose names are data; absent means empty. */
    public static <R, V> Property<R, Map<String, V>> map(String name, ValueType<V> value, Function<R, Map<String, V>> component) {
        return defaulted(name, new MapType<>(value), Map.of(), component);
    }

    /** This property, written even when its value is the one that it has when it is absent. */
    public Property<R, V> alwaysWritten() {
        return new Property<>(name, type, required, true, absent, component);
    }

    void write(JsonWriter out, R record) {
        V value = component.apply(record);
        if (alwaysWritten || !absent.equals(value)) {
            out.name(name);
            type.write(out, value);
        }
    }

    /** Something that may be absent: it looks as it does where it is there. */
    private abstract static class Perhaps<V> implements ValueType<V> {

        private final ValueType<?> present;

        Perhaps(ValueType<?> present) {
            this.present = present;
        }

        @Override
        public String form() {
            return present.form();
        }

        @Override
        public List<Outline> inside(String path) {
            return present.inside(path);
        }
    }
}
