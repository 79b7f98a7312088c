package io.carafe.conformance.container;

import io.carafe.conformance.host.CommandResult;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What tests expect, with failures that say what was seen. */
public final class Expect {

    private Expect() {
    }

    public static void succeeds(CommandResult answer) {
        if (!answer.succeeded()) {
            Assertions.fail("the runtime fails: " + words(answer) + ": " + answer.outcome() + ": " + answer.message());
        }
    }

    /** It ended, and said by its exit code that it failed. */
    public static void fails(CommandResult answer) {
        if (!answer.failed()) {
            Assertions.fail("no error: " + words(answer) + ": " + answer.outcome());
        }
    }

    private static String words(CommandResult answer) {
        int length = answer.command().size();
        return String.join(" ", answer.command().subList(Math.max(0, length - 4), length));
    }

    /** create is an error, and afterwards there is no container. */
    public static void isRefused(Container container) {
        isError(container);
        isAbsent(container);
    }

    /** An error of create, whatever is left. */
    public static void isError(Container container) {
        fails(container.create());
        couldHaveSucceeded(container);
    }

    /** An error of create, or at the latest of start. */
    public static void isRefusedOrDoesNotStart(Container container) {
        if (container.create().succeeded()) {
            fails(container.start());
        } else {
            couldHaveSucceeded(container);
        }
    }

    /** What was refused is what the test changed last: without it there is a container. Else the runtime has not been asked. */
    private static void couldHaveSucceeded(Container container) {
        CommandResult answer = container.createWithoutLastChange();
        testable(answer.succeeded(), "create fails without what is wrong, too: " + answer.outcome() + ": " + answer.message());
    }

    /** Skips the test since this runtime cannot be asked, unless that is so: its answer would have been the same, right or wrong. */
    public static void testable(boolean condition, String reason) {
        needs(condition, ContainerExtension.NOT_ASKED + reason);
    }

    public static void isAbsent(Container container) {
        if (container.query().succeeded()) {
            Assertions.fail("there is a container " + container.id() + " although its create failed");
        }
    }

    public static void equal(Object expected, Object seen, String what) {
        if (!expected.equals(seen)) {
            Assertions.fail(what + ": expected " + shown(expected) + ", seen " + shown(seen));
        }
    }

    /** On one line, since a list of failures shows one of each. */
    private static String shown(Object value) {
        return String.valueOf(value).isEmpty() ? "nothing" : String.valueOf(value).replace("\n", "\\n");
    }

    public static void that(boolean truth, String otherwise) {
        if (!truth) {
            Assertions.fail(otherwise);
        }
    }

    public static void contains(String text, String part, String what) {
        if (!text.contains(part)) {
            Assertions.fail(what + " does not have " + part + ": " + text.strip());
        }
    }

    public static void lacks(String text, String part, String what) {
        if (text.contains(part)) {
            Assertions.fail(what + " has " + part + ": " + text.strip());
        }
    }

    /** Waits for it. */
    public static void eventually(Container container, BooleanSupplier condition, String otherwise) {
        that(container.sandbox().await(condition), otherwise);
    }

    /** Skips the test, with the reason, unless that is so. */
    public static void needs(boolean condition, String reason) {
        Assumptions.assumeTrue(condition, reason);
    }

    public static void needsRoot(Container container) {
        needs(container.sandbox().host().root(), "needs root");
    }

    /** A v1 controller, as memory. */
    public static void needsV1(Container container, String controller) {
        needs(container.sandbox().hierarchies().contains(controller), "the host has no cgroup v1 controller " + controller);
    }

    public static void needsV2(Container container) {
        needs(container.sandbox().host().layout().equals("v2"), "the host's cgroups are " + container.sandbox().host().layout()
                + ", not v2 alone");
    }
}
