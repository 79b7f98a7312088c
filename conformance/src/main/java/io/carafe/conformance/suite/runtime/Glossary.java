package io.carafe.conformance.suite.runtime;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What glossary.md says of JSON. */
class Glossary {

    @Test
    @Tag("glossary.utf-8")
    void configuration_and_state_are_utf8(Container container) {
        container.with("/annotations", Map.of("org.example.key", "\u00fc\u6c34")).with("/process/env", List.of("PATH=/bin", "UMLAUT=\u00fc\u6c34"))
                .script("echo $UMLAUT; exec sleep 1000").created();
        Expect.equal("\u00fc\u6c34", container.state().text("/annotations/org.example.key"), "the annotation in the state");
        container.started();
        byte[] expected = "\u00fc\u6c34\n".getBytes(StandardCharsets.UTF_8);
        Expect.eventually(container, () -> container.outputSoFar().getBytes(StandardCharsets.UTF_8).length >= expected.length
                && container.outputSoFar().equals("\u00fc\u6c34\n"), "the program's environment is not the UTF-8 of config.json");
    }

    @Test
    @Tag("glossary.duplicate-names")
    void the_state_has_no_name_twice(Container container) {
        Expect.equal(List.of(), Json.duplicates(container.created().query().out()), "names that are there twice");
    }
}
