package io.carafe.conformance.suite.config.applied;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each of the five sets, told apart by one capability that is in it and not in others. */
class CapabilitySets {

    private static final long KILL = 1L << 5;
    private static final long CHOWN = 1L;
    private static final long FOWNER = 1L << 3;

    @Test
    @Tag("config.process.capabilities.bounding.applied")
    void the_bounding_set_is_that_of_the_list(Container container) {
        is(container.with("/process/capabilities", Map.of("bounding", List.of("CAP_CHOWN", "CAP_KILL"))), "CapBnd", CHOWN | KILL);
    }

    @Test
    @Tag("config.process.capabilities.permitted.applied")
    void the_permitted_set_is_that_of_the_list(Container container) {
        is(sets(container), "CapPrm", CHOWN | KILL | FOWNER);
    }

    @Test
    @Tag("config.process.capabilities.effective.applied")
    void the_effective_set_is_that_of_the_list(Container container) {
        // execve(2) gives root all of its bounding set: the user is another, who keeps what is ambient.
        container.with("/process/user/uid", 1000);
        for (String set : List.of("bounding", "permitted", "effective", "inheritable", "ambient")) {
            container.with("/process/capabilities/" + set, List.of("CAP_KILL"));
        }
        is(container, "CapEff", KILL);
    }

    @Test
    @Tag("config.process.capabilities.effective.applied")
    void without_the_list_the_effective_set_is_empty(Container container) {
        container.with("/process/user/uid", 1000).with("/process/capabilities", Map.of("bounding", List.of("CAP_KILL")));
        is(container, "CapEff", 0);
    }

    @Test
    @Tag("config.process.capabilities.inheritable.applied")
    void the_inheritable_set_is_that_of_the_list(Container container) {
        is(sets(container), "CapInh", KILL | FOWNER);
    }

    @Test
    @Tag("config.process.capabilities.ambient.applied")
    void the_ambient_set_is_that_of_the_list(Container container) {
        container.with("/process/user/uid", 1000);
        is(sets(container), "CapAmb", KILL);
    }

    private static Container sets(Container container) {
        return container.with("/process/capabilities", Map.of("bounding", List.of("CAP_CHOWN", "CAP_KILL", "CAP_FOWNER"),
                "permitted", List.of("CAP_CHOWN", "CAP_KILL", "CAP_FOWNER"), "effective", List.of("CAP_CHOWN", "CAP_KILL"),
                "inheritable", List.of("CAP_KILL", "CAP_FOWNER"), "ambient", List.of("CAP_KILL")));
    }

    private static void is(Container container, String line, long expected) {
        String text = container.args("sed", "-n", "s/^" + line + ":[ \t]*//p", "/proc/self/status").output().strip();
        Expect.equal(String.format("%016x", expected), text, line);
    }
}
