package io.carafe.conformance.container;

import io.carafe.conformance.host.Cells;
import java.util.List;
import java.util.Optional;

/**
 * The runtime that is being asked, for the tests that JUnit makes; one at a time.
 *
 * @param path of its binary
 * @param arguments global ones, which every command gets before its verb
 * @param defect what it is made to do wrong; none when a runtime is tested and not the suite
 */
public record UnderTest(String path, List<String> arguments, Cells cells, Optional<Defect> defect) {

    private static UnderTest current;

    public UnderTest {
        arguments = List.copyOf(arguments);
    }

    public static UnderTest current() {
        if (current == null) {
            throw new IllegalStateException("no runtime is being tested: these tests are started by io.carafe.conformance.Main");
        }
        return current;
    }

    public static void is(UnderTest runtime) {
        current = runtime;
    }
}
