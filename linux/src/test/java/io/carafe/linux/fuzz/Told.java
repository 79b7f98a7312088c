package io.carafe.linux.fuzz;

import java.util.List;
import java.util.function.Supplier;

/**
 * What every target asks: bad input ends in an exception that is documented, and says something.
 *
 * <p>Names no framework: the targets are called by the fuzzer and by {@link Corpus} alike.
 */
public final class Told {

    private Told() {
    }

    /** Does it. @param documented the exceptions that it may end with. @return null when it ended with one of them */
    @SafeVarargs
    public static <R> R orNull(Supplier<R> action, Class<? extends RuntimeException>... documented) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            if (!List.of(documented).contains(e.getClass()) || e.getMessage() == null || e.getMessage().isBlank()) {
                throw e;
            }
            return null;
        }
    }

    /** What is written reads as what it was. */
    public static void same(Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new AssertionError("not the same after it was written and read:\n" + expected + "\n" + found);
        }
    }
}
