package io.carafe.runtime.cgroup.systemd.bus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Values as bytes, least significant first, each at a multiple of its alignment counted from the first byte. */
final class BusWriter {

    private static final int STRUCT = 8;

    private byte[] bytes = new byte[512];
    private int length;

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    int length() {
        return length;
    }

    private BusWriter put(long value, int size) {
        if (length + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        for (int i = 0; i < size; i++) {
            bytes[length++] = (byte) (value >>> 8 * i);
        }
        return this;
    }

    BusWriter align(int alignment) {
        while (length % alignment != 0) {
            put(0, 1);
        }
        return this;
    }

    /** An integer of 1, 2, 4 or 8 bytes. */
    BusWriter integer(long value, int size) {
        return align(size).put(value, size);
    }

    /** What was left open when its value was not known yet. */
    void integerAt(int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    private void text(String text, int sizeOfLength) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        integer(utf8.length, sizeOfLength);
        for (byte each : utf8) {
            put(each, 1);
        }
        put(0, 1);
    }

    BusWriter write(BusValue value) {
        switch (value.signature().charAt(0)) {
            case 'y' -> integer((Long) value.value(), 1);
            case 'b' -> integer((Boolean) value.value() ? 1 : 0, 4);
            case 'n', 'q' -> integer((Long) value.value(), 2);
            case 'i', 'u', 'h' -> integer((Long) value.value(), 4);
            case 'x', 't' -> integer((Long) value.value(), 8);
            case 'd' -> integer(Double.doubleToRawLongBits((Double) value.value()), 8);
            case 's', 'o' -> text((String) value.value(), 4);
            case 'g' -> text((String) value.value(), 1);
            case 'v' -> {
                BusValue content = value.parts().get(0);
                text(content.signature(), 1);
                write(content);
            }
            case '(' -> {
                align(STRUCT);
                value.parts().forEach(this::write);
            }
            case 'a' -> array(value);
            default -> throw new IllegalArgumentException("no such type: " + value.signature());
        }
        return this;
    }

    /** The length is that of the elements, without what stands between it and the first of them. */
    private void array(BusValue value) {
        integer(0, 4);
        int at = length - Integer.BYTES;
        align(alignment(value.signature().charAt(1)));
        int start = length;
        value.parts().forEach(this::write);
        integerAt(at, length - start);
    }

    static int alignment(char type) {
        return switch (type) {
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            case 'x', 't', 'd', '(', '{' -> STRUCT;
            default -> 4;
        };
    }
}
