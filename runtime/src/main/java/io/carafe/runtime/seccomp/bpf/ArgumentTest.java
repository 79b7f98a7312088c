package io.carafe.runtime.seccomp.bpf;

import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.List;

/**
 * A test of one argument: masked, then compared as unsigned numbers.
 *
 * @param value has no bit outside the mask
 * @param mask all ones but for SCMP_CMP_MASKED_EQ; never 0
 */
record ArgumentTest(int index, Operator op, long value, long mask) {

    private static final long LOW = 0xffffffffL;
    private static final List<List<ArgumentTest>> ALWAYS = List.of(List.of());

    /** Whether a test can fail: a mask of 0 leaves nothing to compare, and libseccomp drops such a test. */
    private static boolean canFail(SyscallArg arg, boolean wide) {
        return arg.op() != Operator.SCMP_CMP_MASKED_EQ || (wide ? arg.value() : arg.value() & LOW) != 0;
    }

    private static ArgumentTest of(SyscallArg arg, boolean wide) {
        boolean masked = arg.op() == Operator.SCMP_CMP_MASKED_EQ;
        long width = wide ? -1L : LOW;
        long mask = masked ? arg.value() & width : width;
        return new ArgumentTest(arg.index(), arg.op(), (masked ? arg.valueTwo() : arg.value()) & mask, mask);
    }

    /**
     * The lists of which one must hold in full, for a rule's arguments: one list in the order of the arguments, or a list for each
     * test where an argument is tested twice, as runc has it.
     *
     * @param wide whether the arguments have 64 bits; else values and masks are cut to 32
     */
    static List<List<ArgumentTest>> alternatives(List<SyscallArg> args, boolean wide) {
        if (args.isEmpty()) {
            return ALWAYS;
        }
        int seen = 0;
        boolean repeated = false;
        for (int i = 0; i < args.size(); i++) {
            int bit = 1 << args.get(i).index();
            repeated |= (seen & bit) != 0;
            seen |= bit;
        }
        List<List<ArgumentTest>> alternatives = new ArrayList<>(repeated ? args.size() : 1);
        List<ArgumentTest> tests = new ArrayList<>(args.size());
        for (int i = 0; i < args.size(); i++) {
            if (repeated) {
                tests = new ArrayList<>(1);
            }
            if (canFail(args.get(i), wide)) {
                insert(tests, of(args.get(i), wide));
            }
            if (repeated || i == args.size() - 1) {
                alternatives.add(tests);
            }
        }
        return alternatives;
    }

    private static void insert(List<ArgumentTest> tests, ArgumentTest test) {
        int at = tests.size();
        while (at > 0 && tests.get(at - 1).index > test.index) {
            at--;
        }
        tests.add(at, test);
    }

    /**
     * Tests for a call that came through socketcall(2) or ipc(2): the first argument names the call. Tests of the others are kept as
     * they are, though the multiplexer has other arguments: that is how libseccomp does it.
     */
    static List<ArgumentTest> ofSubcall(int subcall, List<ArgumentTest> tests) {
        List<ArgumentTest> through = new ArrayList<>(1 + tests.size());
        through.add(new ArgumentTest(0, Operator.SCMP_CMP_EQ, subcall, LOW));
        for (int i = 0; i < tests.size(); i++) {
            if (tests.get(i).index != 0) {
                through.add(tests.get(i));
            }
        }
        return through;
    }

    /**
     * Which of two tests of one system call is asked first, where rules with different actions overlap: libseccomp's order, in which
     * a later argument comes before an earlier one, equality before order, and of two bounds the narrower one.
     *
     * @return negative when this test comes first
     */
    int before(ArgumentTest other) {
        if (index != other.index) {
            return other.index - index;
        }
        if (rank() != other.rank()) {
            return other.rank() - rank();
        }
        int byValue = Integer.compareUnsigned(other.high(), high());
        if (byValue == 0 && wordsInCommon(other) > 0) {
            byValue = Integer.compareUnsigned(other.low(), low());
        }
        return isUpperBound() ? -byValue : byValue;
    }

    /** How much of two tests is the same: 2 for all, 1 for the high word, which is compared first, 0. */
    int wordsInCommon(ArgumentTest other) {
        int highMask = (int) (mask >>> 32);
        boolean sameHigh = index == other.index && (op == other.op || highMask == 0) && rank() == other.rank() && high() == other.high()
                && highMask == (int) (other.mask >>> 32);
        return !sameHigh ? 0 : op == other.op && low() == other.low() && (int) mask == (int) other.mask ? 2 : 1;
    }

    private int rank() {
        return switch (op) {
            case SCMP_CMP_GE, SCMP_CMP_GT -> 1;
            case SCMP_CMP_LE, SCMP_CMP_LT -> 2;
            default -> 3;
        };
    }

    private boolean isUpperBound() {
        return op == Operator.SCMP_CMP_LE || op == Operator.SCMP_CMP_LT;
    }

    int high() {
        return (int) (value >>> 32);
    }

    int low() {
        return (int) value;
    }
}
