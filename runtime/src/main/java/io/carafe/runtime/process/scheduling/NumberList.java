package io.carafe.runtime.process.scheduling;

import io.carafe.spec.json.SpecException;
import java.util.Arrays;

/**
 * A list of CPUs or memory nodes as {@code 0-3,7}, read strictly: decimal digits, dashes, commas, nothing else.
 *
 * @param words a bit a number, the lowest word first; as many as the highest number needs, so no CPU is too far
 */
public record NumberList(long[] words) {

    /** Eight times what a kernel may be configured for (NR_CPUS): so much memory goes to the call, and no more. */
    private static final int HIGHEST = 65535;

    /** Of a text, in characters: each range may be of all numbers, and the kernel reads a page of it at most. */
    public static final int LONGEST_TEXT = 16 * 1024;

    public static final NumberList EMPTY = new NumberList(new long[0]);

    /** @throws SpecException for anything but such a list */
    public static NumberList parse(String text, String property) {
        if (text.length() > LONGEST_TEXT) {
            throw new SpecException(property, "expected a list of at most " + LONGEST_TEXT + " characters, found " + text.length());
        }
        long[] words = new long[0];
        int start = 0;
        while (start <= text.length()) {
            int comma = text.indexOf(',', start);
            int end = comma < 0 ? text.length() : comma;
            int dash = text.indexOf('-', start);
            boolean range = dash >= 0 && dash < end;
            int first = number(text, start, range ? dash : end, property);
            int last = range ? number(text, dash + 1, end, property) : first;
            if (first > last) {
                throw new SpecException(property, "expected a range from low to high, found \"" + text.substring(start, end) + '"');
            }
            if (last / Long.SIZE >= words.length) {
                words = Arrays.copyOf(words, last / Long.SIZE + 1);
            }
            for (int number = first; number <= last; number++) {
                words[number / Long.SIZE] |= 1L << number % Long.SIZE;
            }
            start = end + 1;
        }
        return new NumberList(words);
    }

    private static int number(String text, int start, int end, String property) {
        int number = 0;
        boolean plain = end > start;
        for (int i = start; i < end && plain; i++) {
            int digit = text.charAt(i) - '0';
            plain = digit >= 0 && digit <= 9;
            number = number * 10 + digit;
            if (plain && number > HIGHEST) {
                throw new SpecException(property, "expected numbers up to " + HIGHEST + ", found \"" + text + '"');
            }
        }
        if (!plain) {
            throw new SpecException(property, "expected numbers and ranges as 0-3,7, found \"" + text + '"');
        }
        return number;
    }

    public boolean isEmpty() {
        return words.length == 0;
    }
}
