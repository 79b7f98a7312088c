package io.carafe.linux.checks;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import java.util.Objects;

/** The few assertions of the checks. They stand for JUnit's, which an image does not carry. */
public final class Expect {

    /** This machine, or this user, lacks what a check needs. */
    public static final class Unmet extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unmet(String reason) {
            super(reason);
        }
    }

    private Expect() {
    }

    public static void needs(boolean met, String reason) {
        if (!met) {
            throw new Unmet(reason);
        }
    }

    public static void isTrue(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    public static void equal(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected " + expected + ", found " + actual);
        }
    }

    /** The body must fail with this errno. @return the failure, for its text */
    public static KernelException fails(Errno errno, Runnable body) {
        try {
            body.run();
        } catch (KernelException failure) {
            if (failure.is(errno)) {
                return failure;
            }
            throw new AssertionError("expected " + errno + ", found " + failure.getMessage());
        }
        throw new AssertionError("expected " + errno + ", but it did not fail");
    }
}
