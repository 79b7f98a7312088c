package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.BPF_MAXINSNS;

import io.carafe.spec.json.SpecException;
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
    /**
     * Of different outcomes together, each of which is at least an instruction. Twice what a program can hold, as there are two of an
     * outcome while one call after the other gets a further rule. Put among the others they would take the longer the more there are.
     */
    private static final int MOST_CONDITIONS = 2 * BPF_MAXINSNS;

    final Abi abi;
    private final Outcome byDefault;
    private final int[] numbers;
    private final Outcome[] outcomes;
    private final Outcome withoutRules;
    private int conditions;
    private int newest = NONE;
    private int newestApart;

    /** @param byDefault what a call gets that no rule is about */
    Rules(Abi abi, Outcome byDefault) {
        this.abi = abi;
        this.byDefault = byDefault;
        this.numbers = SyscallTable.numbers(abi);
        this.outcomes = new Outcome[numbers.length];
        Arrays.fill(outcomes, byDefault);
        this.withoutRules = Outcome.withoutRules(byDefault.value(), abi.wide);
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
            set(slot, then);
            return;
        }
        set(slot, (present == byDefault ? withoutRules : present).with(tests, then.value()));
        if (conditions > MOST_CONDITIONS) {
            throw new SpecException("linux.seccomp", "expected at most " + MOST_CONDITIONS
                    + " rules with arguments, found more; the kernel takes " + BPF_MAXINSNS + " instructions of BPF");
        }
    }

    private void set(int slot, Outcome outcome) {
        Outcome before = outcomes[slot];
        if (outcome.calls++ == 0) {
            conditions += outcome.rules().size();
        }
        if (--before.calls == 0) {
            conditions -= before.rules().size();
            before.forgetLast();
        }
        outcomes[slot] = outcome;
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
