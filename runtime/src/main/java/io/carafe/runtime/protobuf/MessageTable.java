package io.carafe.runtime.protobuf;

import java.util.function.Function;

/**
 * A record as a message. The rows stand in the order of the record's components. Fields without a row are passed over.
 *
 * <pre>{@code
 * static final MessageTable<Any> TABLE = MessageTable.of(
 *         row -> new Any(row.next(), row.next()),
 *         field(1, TEXT, Any::typeUrl),
 *         field(2, BYTES, Any::value));
 * }</pre>
 */
public final class MessageTable<R> {

    private final Function<Row, R> constructor;
    private final Field<R, ?>[] fields;

    private MessageTable(Function<Row, R> constructor, Field<R, ?>[] fields) {
        this.constructor = constructor;
        this.fields = fields;
    }

    @SafeVarargs
    public static <R> MessageTable<R> of(Function<Row, R> constructor, Field<R, ?>... fields) {
        for (int i = 0; i < fields.length; i++) {
            for (int before = 0; before < i; before++) {
                if (fields[before].number == fields[i].number) {
                    throw new IllegalArgumentException("two rows for field " + fields[i].number);
                }
            }
        }
        return new MessageTable<>(constructor, fields);
    }

    /** One row. @param number as the .proto has it */
    public static <R, V> Field<R, V> field(int number, FieldType<V> type, Function<R, V> component) {
        return new Field<>(number, type, component);
    }

    /** @throws ProtobufException when the bytes are no such message */
    public R read(byte[] content) {
        return read(new ProtoReader(content, 0, content.length));
    }

    R read(ProtoReader in) {
        Object[] values = new Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            values[i] = fields[i].type.absent;
        }
        for (int number = in.nextField(); number != 0; number = in.nextField()) {
            int place = place(number);
            if (place < 0) {
                in.skip();
            } else {
                values[place] = fields[place].read(in, values[place]);
            }
        }
        return constructor.apply(new Row(values));
    }

    /** No message has enough fields for a map. */
    private int place(int number) {
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].number == number) {
                return i;
            }
        }
        return -1;
    }

    public byte[] write(R record) {
        ProtoWriter out = new ProtoWriter();
        for (Field<R, ?> field : fields) {
            field.write(out, record);
        }
        return out.toBytes();
    }

    /** A row: {@link MessageTable#field}. */
    public static final class Field<R, V> {

        private final int number;
        private final FieldType<V> type;
        private final Function<R, V> component;

        private Field(int number, FieldType<V> type, Function<R, V> component) {
            this.number = number;
            this.type = type;
            this.component = component;
        }

        @SuppressWarnings("unchecked")
        private Object read(ProtoReader in, Object before) {
            return type.read(in, (V) before);
        }

        private void write(ProtoWriter out, R record) {
            type.write(out, number, component.apply(record));
        }
    }

    /** The components of one record, as they have been read. */
    public static final class Row {

        private final Object[] values;
        private int next;

        private Row(Object[] values) {
            this.values = values;
        }

        /** The next component; its type is the type of the row. */
        @SuppressWarnings("unchecked")
        public <V> V next() {
            return (V) values[next++];
        }
    }
}
