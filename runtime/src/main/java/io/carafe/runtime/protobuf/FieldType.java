package io.carafe.runtime.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the value of a field is read and written. */
public abstract class FieldType<V> {

    public static final FieldType<String> TEXT = new FieldType<>("") {
        @Override
        String read(ProtoReader in, String before) {
            return in.text();
        }

        @Override
        void write(ProtoWriter out, int number, String value) {
            out.text(number, value);
        }
    };

    public static final FieldType<byte[]> BYTES = new FieldType<>(new byte[0]) {
        @Override
        byte[] read(ProtoReader in, byte[] before) {
            return in.bytes();
        }

        @Override
        void write(ProtoWriter out, int number, byte[] value) {
            out.bytes(number, value);
        }
    };

    public static final FieldType<Boolean> BOOL = new FieldType<>(false) {
        @Override
        Boolean read(ProtoReader in, Boolean before) {
            return in.varint() != 0;
        }

        @Override
        void write(ProtoWriter out, int number, Boolean value) {
            out.bool(number, value);
        }
    };

    /** int64 and uint64; the {@code long} holds the 64 bits. */
    public static final FieldType<Long> INT64 = new FieldType<>(0L) {
        @Override
        Long read(ProtoReader in, Long before) {
            return in.varint();
        }

        @Override
        void write(ProtoWriter out, int number, Long value) {
            out.integer(number, value);
        }
    };

    /** uint32; the {@code int} holds the 32 bits. */
    public static final FieldType<Integer> UINT32 = new FieldType<>(0) {
        @Override
        Integer read(ProtoReader in, Integer before) {
            return (int) in.varint();
        }

        @Override
        void write(ProtoWriter out, int number, Integer value) {
            out.integer(number, Integer.toUnsignedLong(value));
        }
    };

    /** int32, and every enum. */
    public static final FieldType<Integer> INT32 = new FieldType<>(0) {
        @Override
        Integer read(ProtoReader in, Integer before) {
            return (int) in.varint();
        }

        @Override
        void write(ProtoWriter out, int number, Integer value) {
            out.integer(number, value);
        }
    };

    /** int32 and enums of proto2, where a field says that it is there: 0 is written, too. */
    public static final FieldType<Integer> PRESENT_INT32 = new FieldType<>(0) {
        @Override
        Integer read(ProtoReader in, Integer before) {
            return (int) in.varint();
        }

        @Override
        void write(ProtoWriter out, int number, Integer value) {
            out.presentInteger(number, value);
        }
    };

    /** string of proto2, likewise: the empty one is written, too. */
    public static final FieldType<String> PRESENT_TEXT = new FieldType<>("") {
        @Override
        String read(ProtoReader in, String before) {
            return in.text();
        }

        @Override
        void write(ProtoWriter out, int number, String value) {
            out.element(number, value.getBytes(StandardCharsets.UTF_8));
        }
    };

    /** What a field that is not there stands for. */
    final V absent;

    private FieldType(V absent) {
        this.absent = absent;
    }

    /** A field that is a message; one that comes twice is the last one, and not merged from both. */
    public static <R> FieldType<Optional<R>> message(MessageTable<R> table) {
        return new FieldType<>(Optional.empty()) {
            @Override
            Optional<R> read(ProtoReader in, Optional<R> before) {
                return Optional.of(table.read(in.message()));
            }

            @Override
            void write(ProtoWriter out, int number, Optional<R> value) {
                value.ifPresent(record -> out.element(number, table.write(record)));
            }
        };
    }

    /** A repeated message. */
    public static <R> FieldType<List<R>> messages(MessageTable<R> table) {
        return new FieldType<>(List.of()) {
            @Override
            List<R> read(ProtoReader in, List<R> before) {
                return with(before, table.read(in.message()));
            }

            @Override
            void write(ProtoWriter out, int number, List<R> value) {
                value.forEach(record -> out.element(number, table.write(record)));
            }
        };
    }

    /** A repeated string. */
    public static final FieldType<List<String>> TEXTS = new FieldType<>(List.of()) {
        @Override
        List<String> read(ProtoReader in, List<String> before) {
            return with(before, in.text());
        }

        @Override
        void write(ProtoWriter out, int number, List<String> value) {
            value.forEach(text -> out.element(number, text.getBytes(StandardCharsets.UTF_8)));
        }
    };

    /** Of a repeated field: more than any snapshotter has layers, and as much as costs no memory to speak of. */
    private static final int MOST = 4096;

    /** The first one makes a list of its own: {@link #absent} is everybody's. @throws ProtobufException for one too many */
    private static <E> List<E> with(List<E> before, E element) {
        List<E> list = before.isEmpty() ? new ArrayList<>() : before;
        if (list.size() == MOST) {
            throw new ProtobufException("expected at most " + MOST + " values of a repeated field, found more");
        }
        list.add(element);
        return list;
    }

    /** @param before what the same field has brought so far */
    abstract V read(ProtoReader in, V before);

    /** Writes nothing where the value is {@link #absent}, if proto3 has such a field. */
    abstract void write(ProtoWriter out, int number, V value);
}
