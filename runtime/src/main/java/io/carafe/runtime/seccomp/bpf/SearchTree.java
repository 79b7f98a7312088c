package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_EQUAL;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_GREATER_OR_EQUAL;

/**
 * Finds the range that a number is in, by halves.
 *
 * <p>Most profiles are one answer with single exceptions. An exception costs two comparisons as a range and one as an equality, so a
 * few of them in a row are asked for one by one, and the halves are cut between such groups.
 */
final class SearchTree {

    /** So many equalities in a row; a cut would cost one more comparison and save half of them. */
    private static final int LONGEST_CHAIN = 4;
    private static final int MIXED = -1;

    private final Program program;
    private final Ranges ranges;

    private final ArgumentChecks arguments;

    private SearchTree(Program program, ArgumentChecks arguments, Ranges ranges) {
        this.program = program;
        this.arguments = arguments;
        this.ranges = ranges;
    }

    /** @return the label of the first comparison; the number is in the accumulator there */
    static int write(Program program, ArgumentChecks arguments, Ranges ranges) {
        return new SearchTree(program, arguments, ranges).node(0, ranges.count() - 1);
    }

    private int node(int first, int last) {
        int ground = ground(first, last);
        if (ground != MIXED) {
            return chain(first, last, ranges.outcome(ground));
        }
        int cut = cut(first, last);
        int right = node(cut, last);
        int left = node(first, cut - 1);
        return program.jumpIf(JUMP_IF_GREATER_OR_EQUAL, ranges.start(cut), right, left);
    }

    /** @return a range whose outcome all have but a few single numbers; {@link #MIXED} when there is none */
    private int ground(int first, int last) {
        int ground = MIXED;
        int exceptions = 0;
        for (int range = first; range <= last; range++) {
            if (ranges.isSingle(range)) {
                exceptions++;
            } else if (ground == MIXED) {
                ground = range;
            } else if (ranges.outcome(ground) != ranges.outcome(range)) {
                return MIXED;
            }
        }
        if (ground == MIXED) {
            // Only single numbers: the last one is what remains.
            ground = last;
            exceptions--;
        }
        return exceptions <= LONGEST_CHAIN ? ground : MIXED;
    }

    private int chain(int first, int last, Outcome ground) {
        int label = outcome(ground);
        for (int range = last; range >= first; range--) {
            if (ranges.outcome(range) != ground) {
                label = program.jumpIf(JUMP_IF_EQUAL, ranges.start(range), outcome(ranges.outcome(range)), label);
            }
        }
        return label;
    }

    /** The range at which the right half begins: near the middle, if possible between two ranges that are no exceptions. */
    private int cut(int first, int last) {
        int middle = (first + last + 1) / 2;
        int slack = (last - first + 1) / 3;
        for (int off = 0; off <= slack; off++) {
            if (isEdge(middle - off, first, last)) {
                return middle - off;
            }
            if (isEdge(middle + off, first, last)) {
                return middle + off;
            }
        }
        return middle;
    }

    private boolean isEdge(int range, int first, int last) {
        return range > first && range <= last && !ranges.isSingle(range) && !ranges.isSingle(range - 1);
    }

    private int outcome(Outcome outcome) {
        return outcome.isConditional() ? arguments.label(outcome) : program.ret(outcome.value());
    }
}
