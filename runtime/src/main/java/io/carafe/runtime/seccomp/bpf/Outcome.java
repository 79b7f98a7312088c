package io.carafe.runtime.seccomp.bpf;

import java.util.ArrayList;
import java.util.List;

/** What a system call gets: one return value, or that of the first of some rules whose tests all hold. */
final class Outcome {

    /** A rule about arguments. @param tests in the order of their indexes, at least one */
    record Conditional(List<ArgumentTest> tests, int value) {

        private int before(Conditional other) {
            int common = Math.min(tests.size(), other.tests.size());
            for (int i = 0; i < common; i++) {
                int order = tests.get(i).before(other.tests.get(i));
                if (order != 0 || !tests.get(i).equals(other.tests.get(i))) {
                    return order;
                }
            }
            // The one that asks less decides.
            return tests.size() - other.tests.size();
        }

        private int wordsInCommon(Conditional other) {
            int words = 0;
            for (int i = 0; i < Math.min(tests.size(), other.tests.size()); i++) {
                words += tests.get(i).wordsInCommon(other.tests.get(i));
                if (words < 2 * (i + 1)) {
                    return words;
                }
            }
            return words;
        }
    }

    /** How many calls have it, of one ABI where it has rules. */
    int calls;
    private final int value;
    private final boolean wide;
    private final List<Conditional> rules;
    /** The tests that were added last, and what came of it: the calls that one rule names have the same outcome. */
    private List<ArgumentTest> lastTests = List.of();
    private int lastValue;
    private Outcome last = this;

    private Outcome(int value, boolean wide, List<Conditional> rules) {
        this.value = value;
        this.wide = wide;
        this.rules = rules;
    }

    static Outcome of(int value) {
        return new Outcome(value, false, List.of());
    }

    /**
     * What rules are to be put to, by {@link #with}.
     *
     * @param otherwise when no rule holds
     * @param wide whether arguments have 64 bits
     */
    static Outcome withoutRules(int otherwise, boolean wide) {
        return new Outcome(otherwise, wide, List.of());
    }

    boolean isConditional() {
        return !rules.isEmpty();
    }

    /** Without rules the return value; with rules what is returned when none holds. */
    int value() {
        return value;
    }

    /** Whether the arguments have 64 bits. */
    boolean isWide() {
        return wide;
    }

    /** In the order in which they are asked. */
    List<Conditional> rules() {
        return rules;
    }

    /** Whether two conditional outcomes came from the same rules of a profile, for arguments of the same size. */
    boolean asksTheSame(Outcome other) {
        boolean same = wide == other.wide && value == other.value && rules.size() == other.rules.size();
        for (int i = 0; i < rules.size() && same; i++) {
            same = rules.get(i).tests == other.rules.get(i).tests && rules.get(i).value == other.rules.get(i).value;
        }
        return same;
    }

    /**
     * This outcome with a further rule in its place among the others: libseccomp's, which has them as a tree with a word of 32 bits at
     * each fork. So rules that begin alike stay together. Of two that ask the same, the first one decides: the other is left away.
     *
     * @return the same object for the same rule, if it was the last one asked for
     */
    Outcome with(List<ArgumentTest> tests, int value) {
        if (last == this || lastTests != tests || lastValue != value) {
            lastTests = tests;
            lastValue = value;
            List<Conditional> more = inserted(new Conditional(tests, value));
            last = more == rules ? this : new Outcome(this.value, wide, more);
        }
        return last;
    }

    /** No call has it any more: of a thousand rules about one call each would keep the list of those before it. */
    void forgetLast() {
        last = this;
    }

    private List<Conditional> inserted(Conditional rule) {
        int at = 0;
        int common = 0;
        while (at < rules.size() && rule.wordsInCommon(rules.get(at)) >= common && rule.before(rules.get(at)) >= 0) {
            if (rule.tests.equals(rules.get(at).tests)) {
                return rules;
            }
            common = rule.wordsInCommon(rules.get(at));
            at++;
        }
        List<Conditional> more = new ArrayList<>(rules.size() + 1);
        more.addAll(rules.subList(0, at));
        more.add(rule);
        more.addAll(rules.subList(at, rules.size()));
        return more;
    }
}
