package io.carafe.runtime.seccomp.bpf;

import java.util.Arrays;

/**
 * The numbers that seccomp_data.nr can be for one seccomp_data.arch, cut into ranges of the same fate. Numbers are unsigned.
 */
final class Ranges {

    private static final int FIRST_CAPACITY = 256;
    private static final int LAST_NUMBER = -1;

    private int[] starts = new int[FIRST_CAPACITY];
    private Outcome[] outcomes = new Outcome[FIRST_CAPACITY];
    private int count;

    int count() {
        return count;
    }

    /** The first number of a range; the range goes up to the one before the next range's. */
    int start(int range) {
        return starts[range];
    }

    Outcome outcome(int range) {
        return outcomes[range];
    }

    /** Whether there is only one number in a range. */
    boolean isSingle(int range) {
        return range + 1 < count ? starts[range + 1] - starts[range] == 1 : starts[range] == LAST_NUMBER;
    }

    /** Appends a range, from a number that is larger than all starts before. */
    void add(int start, Outcome outcome) {
        if (count > 0 && outcomes[count - 1] == outcome) {
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            outcomes = Arrays.copyOf(outcomes, 2 * count);
        }
        starts[count] = start;
        outcomes[count] = outcome;
        count++;
    }

    /**
     * Appends all numbers of an ABI, from its {@link Abi#bit} on.
     *
     * @param byDefault what numbers get that no rule is about
     * @param tooNew what such numbers get instead where they are beyond all that the profile names
     */
    void add(Rules rules, Outcome byDefault, Outcome tooNew) {
        int[] numbers = rules.numbers();
        int next = 0;
        for (int slot = 0; slot < numbers.length; slot++) {
            int number = numbers[slot];
            if (next < number) {
                addDefaults(rules, next, byDefault, tooNew);
            }
            Outcome outcome = rules.outcome(slot);
            if (outcome == byDefault) {
                addDefaults(rules, number, byDefault, tooNew);
            } else {
                add(rules.abi.bit + number, outcome);
            }
            next = number + 1;
        }
        addDefaults(rules, next, byDefault, tooNew);
    }

    /** From a number up to wherever the next range will start. */
    private void addDefaults(Rules rules, int from, Outcome byDefault, Outcome tooNew) {
        int bit = rules.abi.bit;
        if (rules.isEmpty()) {
            add(bit + from, byDefault);
            return;
        }
        int apart = rules.abi.apart;
        boolean isTooNew = from < apart ? from > rules.newest() : from > rules.newestApart();
        add(bit + from, isTooNew ? tooNew : byDefault);
    }
}
