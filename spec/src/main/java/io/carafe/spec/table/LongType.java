package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;

/** An integer stored in a {@code long}. */
public final class LongType implements ValueType<Long> {

    /** -9223372036854775808 to 9223372036854775807. */
    public static final LongType INT64 = new LongType(Long.MIN_VALUE, Long.MAX_VALUE);

    /** 0 to 4294967295. */
    public static final LongType UINT32 = new LongType(0, 0xffff_ffffL);

    /** The id of a user or group, 0 to 4294967294. (uid_t) -1 is none: setresuid(2) and chown(2) take it for "leave it as it is". */
    public static final LongType ID = new LongType(0, 0xffff_fffeL);

    /** 0 to 18446744073709551615; the {@code long} holds the 64 bits. */
    public static final LongType UINT64 = new LongType(0, -1);

    private final long min;
    private final long max;

    /** A range; one whose end is below its start is an unsigned one. */
    private LongType(long min, long max) {
        this.min = min;
        this.max = max;
    }

    long readLong(JsonReader in) {
        return in.integer(min, max);
    }

    void writeLong(JsonWriter out, long value) {
        out.integer(max < min ? Long.toUnsignedString(value) : Long.toString(value));
    }

    @Override
    public String form() {
        return "an integer from " + min + " to " + (max < min ? Long.toUnsignedString(max) : Long.toString(max));
    }

    @Override
    public Long read(JsonReader in) {
        return readLong(in);
    }

    @Override
    public void write(JsonWriter out, Long value) {
        writeLong(out, value);
    }
}
