package io.carafe.runtime.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the fields of one message, in the order in which they come.
 *
 * @see "protobuf.dev, Encoding"
 */
final class ProtoReader {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private static final int LONGEST_VARINT = 10;
    private static final int WIRE_TYPE_BITS = 3;

    private final byte[] content;
    private final int end;
    private int at;
    private int wireType;

    ProtoReader(byte[] content, int start, int end) {
        this.content = content;
        this.at = start;
        this.end = end;
    }

    /** Goes to the next field. @return its number; 0 at the end of the message */
    int nextField() {
        if (at == end) {
            return 0;
        }
        long tag = readVarint();
        wireType = (int) tag & (1 << WIRE_TYPE_BITS) - 1;
        long number = tag >>> WIRE_TYPE_BITS;
        if (number < 1 || number > Integer.MAX_VALUE >>> WIRE_TYPE_BITS - 1) {
            throw new ProtobufException("a field has the number " + Long.toUnsignedString(number));
        }
        return (int) number;
    }

    /** The value of a field that is an integer or a bool. */
    long varint() {
        expect(VARINT);
        return readVarint();
    }

    byte[] bytes() {
        int start = skipLength();
        return Arrays.copyOfRange(content, start, at);
    }

    /** @throws ProtobufException for NUL, which ends a text for the kernel: what follows would be looked at here and nowhere else */
    String text() {
        int start = skipLength();
        for (int i = start; i < at; i++) {
            if (content[i] == 0) {
                throw new ProtobufException("expected a text, found a byte that is NUL in it");
            }
        }
        return new String(content, start, at - start, StandardCharsets.UTF_8);
    }

    /** The reader of a field that is a message itself. */
    ProtoReader message() {
        int start = skipLength();
        return new ProtoReader(content, start, at);
    }

    /** Passes over the value of a field that nobody here knows. */
    void skip() {
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> advance(Long.BYTES);
            case BYTES -> skipLength();
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw new ProtobufException("a field has the wire type " + wireType);
        }
    }

    /** @return where the value starts; it ends where the reader stands then */
    private int skipLength() {
        expect(BYTES);
        long length = readVarint();
        if (length < 0 || length > end - at) {
            throw new ProtobufException("a field of " + Long.toUnsignedString(length) + " bytes where " + (end - at) + " are left");
        }
        int start = at;
        at += (int) length;
        return start;
    }

    private void advance(int bytes) {
        if (bytes > end - at) {
            throw new ProtobufException("the message ends within a field");
        }
        at += bytes;
    }

    private void expect(int wanted) {
        if (wireType != wanted) {
            throw new ProtobufException("a field has the wire type " + wireType + " in the place of " + wanted);
        }
    }

    private long readVarint() {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (at == end) {
                throw new ProtobufException("the message ends within a number");
            }
            byte next = content[at++];
            value |= (long) (next & 0x7f) << 7 * i;
            if (next >= 0) {
                return value;
            }
        }
        throw new ProtobufException("a number of more than " + LONGEST_VARINT + " bytes");
    }
}
