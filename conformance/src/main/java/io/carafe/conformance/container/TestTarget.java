package io.carafe.conformance.container;

import io.carafe.conformance.host.Sandboxes;
import io.carafe.conformance.mutant.Mutant;
import java.util.List;
import java.util.Optional;

/**
 * The runtime, or the shim, that is being asked, for the tests that JUnit makes; one at a time in each thread.
 *
 * @param path of its binary
 * @param arguments global ones, which every command of a runtime gets before its verb
 * @param runtimeOfShim the runtime that a shim is told to call; none: whatever it calls by itself
 * @param mutant what it is made to do wrong; none when a runtime is tested and not the suite
 */
public record TestTarget(String path, List<String> arguments, Optional<String> runtimeOfShim, Sandboxes sandboxes, Optional<Mutant> mutant) {

    private static final ThreadLocal<TestTarget> CURRENT = new ThreadLocal<>();

    public TestTarget {
        arguments = List.copyOf(arguments);
    }

    public static TestTarget current() {
        TestTarget current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException("no runtime is being tested: these tests are started by io.carafe.conformance.Main");
        }
        return current;
    }

    public static void setCurrent(TestTarget target) {
        CURRENT.set(target);
    }
}
