package io.carafe.shim.logger;

import io.carafe.shim.message.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A time as RFC 3339 has it, in UTC and with all nine digits of its nanoseconds. One for thousands of lines of one second. */
final class CriTime {

    private static final int DIGITS = 9;

    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    /** {@code 2026-11-29T02:05:00.123456789Z}. @return it is written over by the next one */
    byte[] text(Timestamp at) {
        if (at.seconds() != second) {
            second = at.seconds();
            String whole = Instant.ofEpochSecond(second).toString();
            text = (whole.substring(0, whole.length() - 1) + ".000000000Z").getBytes(StandardCharsets.US_ASCII);
        }
        int rest = at.nanos();
        for (int i = 0; i < DIGITS; i++) {
            text[text.length - 2 - i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return text;
    }
}
