package io.carafe.runtime.seccomp.bpf;

import java.util.Arrays;
import java.util.List;

/**
 * What a profile says about the system calls of one {@link Abi}, by their slots.
 *
 * <p>libseccomp's meaning: of rules without arguments the first one decides, and beats all those with arguments, wherever they
 * stand; of these, {@link ArgumentTest#before} says which is asked first.
 */
final class Rules {

    private static final int NONE = -1;

    final Abi abi;
    private final Outcome byDefault;
    private final int[] numbers;
    private final Outcome[] outcomes;
    private int newest = NONE;
    private int newestApart;

    /** @param byDefault what a call gets that no rule is about */
    Rules(Abi abi, Outcome byDefault) {
        this.abi = abi;
        this.byDefault = byDefault;
        this.numbers = SyscallTable.numbers(abi);
        this.outcomes = new Outcome[numbers.length];
        Arrays.fill(outcomes, byDefault);
        this.newestApart = abi.apart - 1;
    }

    /** Takes note that the profile knows a system call. @param slots of its name, from {@link SyscallTable} */
    void mention(short[] slots) {
        mention(slots[abi.ordinal()]);
        if (abi == Abi.X86) {
            mention(slots[SyscallTable.MULTIPLEXER]);
        }
    }

    private void mention(int slot) {
        if (slot >= 0 && numbers[slot] < abi.apart) {
            newest = Math.max(newest, numbers[slot]);
        } else if (slot >= 0) {
            newestApart = Math.max(newestApart, numbers[slot]);
        }
    }

    /**
     * Adds a rule about a system call.
     *
     * @param alternatives lists of tests in the order of their arguments; the rule holds where all tests of one list do
     * @param then what the call gets; the same object for the same return value
     */
    void add(short[] slots, List<List<ArgumentTest>> alternatives, Outcome then) {
        int slot = slots[abi.ordinal()];
        int multiplexer = abi == Abi.X86 ? slots[SyscallTable.MULTIPLEXER] : NONE;
        for (int i = 0; i < alternatives.size(); i++) {
            List<ArgumentTest> tests = alternatives.get(i);
            if (slot >= 0) {
                add(slot, tests, then);
            }
            if (multiplexer >= 0) {
                add(multiplexer, ArgumentTest.ofSubcall(slots[SyscallTable.SUBCALL], tests), then);
            }
        }
    }

    private void add(int slot, List<ArgumentTest> tests, Outcome then) {
        Outcome present = outcomes[slot];
        if (present != byDefault && !present.isConditional()) {
            return;
        }
        if (tests.isEmpty()) {
            outcomes[slot] = then;
            return;
        }
        if (present == byDefault) {
            present = Outcome.conditional(byDefault.value(), abi.wide);
            outcomes[slot] = present;
        }
        present.add(new Outcome.Conditional(tests, then.value()));
    }

    /** The numbers that rules may be about, ascending; an index is a slot. */
    int[] numbers() {
        return numbers;
    }

    Outcome outcome(int slot) {
        return outcomes[slot];
    }

    boolean isEmpty() {
        return newest == NONE;
    }

    /** The largest number that the profile names, -1 when it names none. */
    int newest() {
        return newest;
    }

    /** The same from {@link Abi#apart} on; one less than that when it names none. */
    int newestApart() {
        return newestApart;
    }
}
