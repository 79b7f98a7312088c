package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;

/** An integer stored in an {@code int}. */
public final class IntType implements ValueType<Integer> {

    /** -2147483648 to 2147483647. */
    public static final IntType INT32 = range(Integer.MIN_VALUE, Integer.MAX_VALUE);

    /** 0 to 65535. */
    public static final IntType UINT16 = range(0, 0xffff);

    /** 0 to 4294967295; the {@code int} holds the 32 bits of a mode_t. */
    public static final IntType MODE = new IntType(0, 0xffff_ffffL);

    private final long min;
    private final long max;

    private IntType(long min, long max) {
        this.min = min;
        this.max = max;
    }

    /** The integers from {@code min} to {@code max}, both included. */
    public static IntType range(int min, int max) {
        return new IntType(min, max);
    }

    int readInt(JsonReader in) {
        return (int) in.integer(min, max);
    }

    void writeInt(JsonWriter out, int value) {
        out.integer(max > Integer.MAX_VALUE ? Integer.toUnsignedString(value) : Integer.toString(value));
    }

    @Override
    public String form() {
        return "an integer from " + min + " to " + max;
    }

    @Override
    public Integer read(JsonReader in) {
        return readInt(in);
    }

    @Override
    public void write(JsonWriter out, Integer value) {
        writeInt(out, value);
    }
}
