package io.carafe.linux.proc;

import java.util.OptionalLong;

/** /proc/PID/auxv: pairs of a type and a value, each a native long (getauxval(3)). */
public final class AuxiliaryVector {

    private static final long AT_PAGESZ = 6;

    private AuxiliaryVector() {
    }

    /** In bytes. */
    public static OptionalLong pageSize(byte[] auxv) {
        for (int at = 0; at + 2 * Long.BYTES <= auxv.length; at += 2 * Long.BYTES) {
            if (longAt(auxv, at) == AT_PAGESZ) {
                return OptionalLong.of(longAt(auxv, at + Long.BYTES));
            }
        }
        return OptionalLong.empty();
    }

    /** Little-endian, as both processors are. */
    private static long longAt(byte[] bytes, int at) {
        long value = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            value = value << Byte.SIZE | bytes[at + i] & 0xff;
        }
        return value;
    }
}
