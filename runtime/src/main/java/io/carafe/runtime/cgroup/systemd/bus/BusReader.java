package io.carafe.runtime.cgroup.systemd.bus;

import java.nio.charset.StandardCharsets;

/** Reads what a message holds. A length that leads outside is a {@link BusException}: who answers is not trusted. */
final class BusReader {

    /** As deep as the specification allows. */
    private static final int DEEPEST = 64;

    private final byte[] bytes;
    private final boolean bigEndian;
    private final int end;
    private int at;

    BusReader(byte[] bytes, int start, int end, boolean bigEndian) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
        this.bigEndian = bigEndian;
    }

    boolean hasMore() {
        return at < end;
    }

    int position() {
        return at;
    }

    void align(int alignment) {
        at = (at + alignment - 1) / alignment * alignment;
    }

    /** An integer of 1, 2, 4 or 8 bytes, unsigned where it has fewer than 8. */
    long integer(int size) {
        align(size);
        require(size);
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[at + i] & 0xffL) << 8 * (bigEndian ? size - 1 - i : i);
        }
        at += size;
        return value;
    }

    String text(int sizeOfLength) {
        long length = integer(sizeOfLength);
        require(length + 1);
        String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
        at += (int) length + 1;
        return text;
    }

    private void require(long size) {
        if (size < 0 || size > end - at) {
            throw new BusException("a broken message: a value of " + size + " bytes where " + (end - at) + " are left");
        }
    }

    /** A variant that is to be an integer of 4 bytes. */
    long variantOfUint32() {
        String signature = text(1);
        if (!signature.equals("u")) {
            throw new BusException("a broken message: a serial that is no uint32");
        }
        return integer(4);
    }

    /** A value of a basic type, or a variant of one, as text. @return empty for what is neither */
    String basic(char type) {
        return basic(type, 0);
    }

    private String basic(char type, int depth) {
        if (depth > DEEPEST) {
            throw new BusException("a broken message: more than " + DEEPEST + " variants in one another");
        }
        return switch (type) {
            case 's', 'o' -> text(4);
            case 'g' -> text(1);
            case 'y' -> Long.toString(integer(1));
            case 'b', 'u', 'i', 'h' -> Long.toString(integer(4));
            case 'x', 't' -> Long.toUnsignedString(integer(8));
            case 'v' -> {
                String signature = text(1);
                yield signature.length() == 1 ? basic(signature.charAt(0), depth + 1) : "";
            }
            default -> "";
        };
    }
}
