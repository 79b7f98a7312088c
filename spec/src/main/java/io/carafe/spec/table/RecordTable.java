package io.carafe.spec.table;

import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A record as a JSON object. The rows stand in the order of the record's components, which is also the order in which they
 * are written. Names without a row are passed over, as the specification wants it (config.md, Extensibility).
 *
 * <pre>{@code
 * static final RecordTable<Root> ROOT = RecordTable.of(
 *         row -> new Root(row.next(), row.next()),
 *         required("path", TEXT, Root::path),
 *         defaulted("readonly", BOOLEAN, false, Root::readonly));
 * }</pre>
 */
public final class RecordTable<R> implements ValueType<R> {

    private final Property<R, ?>[] properties;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Object[] absent;
    // One bit per property, by its place; a record with more than 64 components would need another record.
    private final long required;
    private final Function<Row, R> constructor;

    private RecordTable(Function<Row, R> constructor, Property<R, ?>[] properties) {
        this.constructor = constructor;
        this.properties = properties;
        absent = new Object[properties.length];
        long bits = 0;
        for (int i = 0; i < properties.length; i++) {
            if (byName.put(properties[i].name, i) != null) {
                throw new IllegalArgumentException("two rows for " + properties[i].name);
            }
            absent[i] = properties[i].absent;
            bits |= properties[i].required ? 1L << i : 0;
        }
        required = bits;
        JsonDocument.learn(byName.keySet());
    }

    /**
     * A table.
     *
     * @param constructor makes the record from its components, in the order of the rows
     * @param properties at most 64
     */
    @SafeVarargs
    public static <R> RecordTable<R> of(Function<Row, R> constructor, Property<R, ?>... properties) {
        return new RecordTable<>(constructor, properties);
    }

    /** The names of all the properties, in order. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Property<R, ?> property : properties) {
            names.add(property.name);
        }
        return names;
    }

    @Override
    public String form() {
        return "an object";
    }

    @Override
    public List<Outline> inside(String path) {
        List<Outline> all = new ArrayList<>();
        for (Property<R, ?> property : properties) {
            String place = path.isEmpty() ? property.name : path + "." + property.name;
            all.add(new Outline(place, property.type.form(), property.required));
            all.addAll(property.type.inside(place));
        }
        return all;
    }

    @Override
    public R read(JsonReader in) {
        Object[] values = absent.clone();
        long seen = 0;
        long given = 0;
        in.beginObject();
        while (in.nextProperty()) {
            Integer place = byName.get(in.name());
            if (place == null) {
                in.skip();
                continue;
            }
            long bit = 1L << place;
            if ((seen & bit) != 0) {
                throw in.wrong(JsonReader.GIVEN_TWICE);
            }
            seen |= bit;
            if (!in.atNull()) {
                given |= bit;
                values[place] = properties[place].type.read(in);
            }
        }
        long missing = required & ~given;
        if (missing != 0) {
            throw in.missing(properties[Long.numberOfTrailingZeros(missing)].name);
        }
        return constructor.apply(new Row(this, in, values, given));
    }

    @Override
    public void write(JsonWriter out, R record) {
        out.beginObject();
        for (Property<R, ?> property : properties) {
            property.write(out, record);
        }
        out.endObject();
    }

    /** Reads a document that consists of one such object. */
    public R read(byte[] json, int offset, int length) {
        return JsonDocument.read(json, offset, length, this::read);
    }

    /** Writes a document with tabs, a line per value. */
    public byte[] pretty(R record) {
        return JsonWriter.pretty(out -> write(out, record));
    }

    /** Writes a document on one line, without the line feed. */
    public byte[] compact(R record) {
        return JsonWriter.compact(out -> write(out, record));
    }

    /** The components of one record, as they have been read. */
    public static final class Row {

        private final RecordTable<?> table;
        private final JsonReader in;
        private final Object[] values;
        private final long given;
        private int next;

        private Row(RecordTable<?> table, JsonReader in, Object[] values, long given) {
            this.table = table;
            this.in = in;
            this.values = values;
            this.given = given;
        }

        /** The next component; its type is the type of the row. */
        @SuppressWarnings("unchecked")
        public <V> V next() {
            return (V) values[next++];
        }

        /**
         * For properties that are required only sometimes.
         *
         * @throws SpecException when the property is absent
         */
        public void require(String name) {
            if ((given & 1L << table.byName.get(name)) == 0) {
                throw in.missing(name);
            }
        }
    }
}
