package io.carafe.runtime.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Writes fields one after the other. As proto3 has it, a value of 0, false or nothing is left out. */
public final class ProtoWriter {

    private byte[] content;
    private int length;

    public ProtoWriter() {
        content = new byte[64];
    }

    public byte[] toBytes() {
        return Arrays.copyOf(content, length);
    }

    /** An integer of any proto3 type that is a varint without zigzag: int32, int64, uint32, uint64; 32 bits sign-extended. */
    public void integer(int number, long value) {
        if (value != 0) {
            presentInteger(number, value);
        }
    }

    /** The same of proto2, which tells 0 from nothing. */
    void presentInteger(int number, long value) {
        tag(number, ProtoReader.VARINT);
        varint(value);
    }

    /** Any field whose type is known. */
    public <V> void field(int number, FieldType<V> type, V value) {
        type.write(this, number, value);
    }

    public void bool(int number, boolean value) {
        integer(number, value ? 1 : 0);
    }

    public void text(int number, String value) {
        bytes(number, value.getBytes(StandardCharsets.UTF_8));
    }

    public void bytes(int number, byte[] value) {
        if (value.length > 0) {
            element(number, value);
        }
    }

    /** An element of a repeated field, which is written even where it is empty. */
    void element(int number, byte[] value) {
        tag(number, ProtoReader.BYTES);
        varint(value.length);
        append(value, value.length);
    }

    public void real(int number, double value) {
        if (value != 0) {
            tag(number, ProtoReader.FIXED64);
            long bits = Double.doubleToRawLongBits(value);
            for (int i = 0; i < Long.BYTES; i++) {
                put((byte) (bits >>> Byte.SIZE * i));
            }
        }
    }

    /** A field that is a message, written even where that is empty: it says that it is there. */
    public void message(int number, Consumer<ProtoWriter> fields) {
        ProtoWriter inner = new ProtoWriter();
        fields.accept(inner);
        tag(number, ProtoReader.BYTES);
        varint(inner.length);
        append(inner.content, inner.length);
    }

    /** Fields that are written already. */
    public void append(byte[] fields) {
        append(fields, fields.length);
    }

    /** A repeated integer, packed. */
    public void integers(int number, long[] values) {
        if (values.length > 0) {
            message(number, packed -> {
                for (long value : values) {
                    packed.varint(value);
                }
            });
        }
    }

    private void tag(int number, int wireType) {
        varint((long) number << 3 | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        put((byte) rest);
    }

    private void put(byte one) {
        ensure(1);
        content[length++] = one;
    }

    private void append(byte[] bytes, int count) {
        ensure(count);
        System.arraycopy(bytes, 0, content, length, count);
        length += count;
    }

    private void ensure(int more) {
        if (more > content.length - length) {
            content = Arrays.copyOf(content, Math.max(content.length * 2, length + more));
        }
    }
}
