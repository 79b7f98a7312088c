package io.carafe.spec.json;

/** Parses decimal digits to 64 bits and checks the range; a number may have any length. */
final class Decimal {

    private static final long SIGNED_TENTH = Long.MIN_VALUE / 10;
    private static final long UNSIGNED_TENTH = Long.divideUnsigned(-1, 10);

    private Decimal() {
    }

    /**
     * Reads digits, perhaps after a minus.
     *
     * @param max when it is below {@code min}, both and the result are unsigned
     * @throws ArithmeticException outside the range
     */
    static long parse(char[] chars, int from, int to, long min, long max) {
        boolean negative = chars[from] == '-';
        int start = negative ? from + 1 : from;
        if (max >= min) {
            return inside(signed(chars, start, to, negative), min, max);
        }
        long value = unsigned(chars, start, to);
        if (negative && value != 0 || Long.compareUnsigned(value, min) < 0 || Long.compareUnsigned(value, max) > 0) {
            throw new ArithmeticException();
        }
        return value;
    }

    private static long inside(long value, long min, long max) {
        if (value < min || value > max) {
            throw new ArithmeticException();
        }
        return value;
    }

    /** Counts downwards, since the smallest long has no positive counterpart. */
    private static long signed(char[] chars, int from, int to, boolean negative) {
        long value = 0;
        for (int i = from; i < to; i++) {
            if (value < SIGNED_TENTH) {
                throw new ArithmeticException();
            }
            value = Math.subtractExact(value * 10, chars[i] - '0');
        }
        return negative ? value : Math.negateExact(value);
    }

    private static long unsigned(char[] chars, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = chars[i] - '0';
            // The largest is 18446744073709551615.
            if (Long.compareUnsigned(value, UNSIGNED_TENTH) > 0 || value == UNSIGNED_TENTH && digit > 5) {
                throw new ArithmeticException();
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
