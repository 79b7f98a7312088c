package io.carafe.conformance.suite.config;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Annotations {

    @Test
    @Tag("config.annotations")
    void annotations_that_are_no_object_are_an_error(Container container) {
        Expect.isRefused(container.with("/annotations", List.of("org.example.key")));
    }

    @Test
    @Tag("config.annotations.key.empty")
    void an_empty_key_is_an_error(Container container) {
        Expect.isRefused(container.with("/annotations", Map.of("", "value")));
    }

    @Test
    @Tag("config.annotations.value")
    void a_value_that_is_a_number_is_an_error(Container container) {
        Expect.isRefused(container.with("/annotations", Map.of("org.example.key", 7)));
    }

    @Test
    @Tag("config.annotations.unknown")
    void unknown_keys_are_passed_over(Container container) {
        container.with("/annotations", Map.of("org.example.key", "value", "org.opencontainers.unknown", "", "simple", "value"));
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }
}
