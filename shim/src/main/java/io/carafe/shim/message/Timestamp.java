package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.INT64;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.time.Instant;

/** google.protobuf.Timestamp: seconds since 1970 and the nanoseconds beyond them. */
public record Timestamp(long seconds, int nanos) {

    public static final MessageTable<Timestamp> TABLE = MessageTable.of(row -> new Timestamp(row.next(), row.next()),
            field(1, INT64, Timestamp::seconds),
            field(2, INT32, Timestamp::nanos));

    private static final int MILLIS = 1000;
    private static final int NANOS_OF_A_MILLI = 1_000_000;

    /** With all that the clock has (clock_gettime(2)). */
    public static Timestamp precise() {
        Instant now = Instant.now();
        return new Timestamp(now.getEpochSecond(), now.getNano());
    }

    public static Timestamp now() {
        long millis = System.currentTimeMillis();
        return new Timestamp(millis / MILLIS, (int) (millis % MILLIS) * NANOS_OF_A_MILLI);
    }
}
