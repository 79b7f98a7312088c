package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.AND;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_EQUAL;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_GREATER;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_GREATER_OR_EQUAL;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_SET;
import static io.carafe.linux.abi.SeccompFlags.DATA_ARGS;

import io.carafe.spec.seccomp.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The instructions of a {@link Outcome#isConditional conditional} outcome. An argument of 64 bits is two words, the low one first on
 * both little-endian machines; each is loaded for itself.
 */
final class ArgumentChecks {

    private static final int HIGH_WORD = 4;
    private static final int ALL = -1;
    private static final int FIRST_CAPACITY = 16;

    private final Program program;
    /** What was written already: the ABIs of 32 bits have the same checks. */
    private final List<Outcome> written = new ArrayList<>();
    private int[] labels = new int[FIRST_CAPACITY];
    private boolean wide;

    ArgumentChecks(Program program) {
        this.program = program;
    }

    /** @return the label of the first check */
    int label(Outcome outcome) {
        for (int i = 0; i < written.size(); i++) {
            if (written.get(i).asksTheSame(outcome)) {
                return labels[i];
            }
        }
        if (written.size() == labels.length) {
            labels = Arrays.copyOf(labels, 2 * labels.length);
        }
        wide = outcome.isWide();
        labels[written.size()] = write(outcome);
        written.add(outcome);
        return labels[written.size() - 1];
    }

    private int write(Outcome outcome) {
        List<Outcome.Conditional> rules = outcome.rules();
        int otherwise = program.ret(outcome.value());
        int last = rules.size() - 1;
        while (last >= 0) {
            int first = last;
            while (first > 0 && areCases(rules.get(first - 1), rules.get(last))) {
                first--;
            }
            otherwise = first < last ? cases(rules, first, last, otherwise) : rule(rules.get(last), otherwise);
            last = first - 1;
        }
        return otherwise;
    }

    private int rule(Outcome.Conditional rule, int otherwise) {
        int match = program.ret(rule.value());
        for (int i = rule.tests().size() - 1; i >= 0; i--) {
            match = test(rule.tests().get(i), match, otherwise);
        }
        return match;
    }

    /** Whether two rules ask for values of the same argument with the same high word: then it need not be loaded again. */
    private static boolean areCases(Outcome.Conditional a, Outcome.Conditional b) {
        if (a.tests().size() != 1 || b.tests().size() != 1) {
            return false;
        }
        ArgumentTest one = a.tests().get(0);
        ArgumentTest other = b.tests().get(0);
        return one.op() == Operator.SCMP_CMP_EQ && other.op() == Operator.SCMP_CMP_EQ && one.index() == other.index()
                && one.high() == other.high();
    }

    private int cases(List<Outcome.Conditional> rules, int first, int last, int otherwise) {
        int next = otherwise;
        for (int i = last; i >= first; i--) {
            next = program.jumpIf(JUMP_IF_EQUAL, rules.get(i).tests().get(0).low(), program.ret(rules.get(i).value()), next);
        }
        ArgumentTest any = rules.get(first).tests().get(0);
        next = program.load(low(any), next);
        if (!wide) {
            return next;
        }
        return program.load(high(any), program.jumpIf(JUMP_IF_EQUAL, any.high(), next, otherwise));
    }

    private int test(ArgumentTest test, int match, int otherwise) {
        return switch (test.op()) {
            case SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ -> equal(test, match, otherwise);
            case SCMP_CMP_NE -> equal(test, otherwise, match);
            case SCMP_CMP_GT -> greater(JUMP_IF_GREATER, test, match, otherwise);
            case SCMP_CMP_LE -> greater(JUMP_IF_GREATER, test, otherwise, match);
            case SCMP_CMP_GE -> greater(JUMP_IF_GREATER_OR_EQUAL, test, match, otherwise);
            case SCMP_CMP_LT -> greater(JUMP_IF_GREATER_OR_EQUAL, test, otherwise, match);
        };
    }

    private int equal(ArgumentTest test, int match, int otherwise) {
        int next = word(low(test), (int) test.mask(), test.low(), match, otherwise);
        return wide ? word(high(test), (int) (test.mask() >>> 32), test.high(), next, otherwise) : next;
    }

    private int word(int offset, int mask, int value, int match, int otherwise) {
        if (mask == 0) {
            return match;
        }
        int compare;
        if (mask == ALL) {
            compare = program.jumpIf(JUMP_IF_EQUAL, value, match, otherwise);
        } else if (value == 0) {
            compare = program.jumpIf(JUMP_IF_SET, mask, otherwise, match);
        } else {
            compare = program.thenGoOn(AND, mask, program.jumpIf(JUMP_IF_EQUAL, value, match, otherwise));
        }
        return program.load(offset, compare);
    }

    private int greater(int lowJump, ArgumentTest test, int match, int otherwise) {
        int next = program.load(low(test), program.jumpIf(lowJump, test.low(), match, otherwise));
        if (!wide) {
            return next;
        }
        // Where the high word of the bound is 0, one that is not greater is equal.
        int equal = test.high() == 0 ? next : program.jumpIf(JUMP_IF_EQUAL, test.high(), next, otherwise);
        return program.load(high(test), program.jumpIf(JUMP_IF_GREATER, test.high(), match, equal));
    }

    private static int low(ArgumentTest test) {
        return DATA_ARGS + test.index() * Long.BYTES;
    }

    private static int high(ArgumentTest test) {
        return low(test) + HIGH_WORD;
    }
}
