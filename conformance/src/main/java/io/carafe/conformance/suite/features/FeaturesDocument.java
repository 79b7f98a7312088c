package io.carafe.conformance.suite.features;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Document;
import java.util.List;

/** The features structure of a runtime; providing one is up to it. */
final class FeaturesDocument {

    private FeaturesDocument() {
    }

    static Document of(Container container) {
        CommandResult answer = container.call("features");
        Expect.needs(answer.succeeded(), "the runtime tells no features, as it may: " + answer.message());
        return Document.parse(answer.out());
    }

    /** A list of it. */
    static List<String> list(Container container, String pointer) {
        List<String> list = of(container).list(pointer).stream().map(Object::toString).toList();
        Expect.needs(!list.isEmpty(), "features has no " + pointer + ", as it may");
        return list;
    }

    /** Major, minor and patch as one number. */
    static long version(String text) {
        String[] numbers = text.split("[-+]")[0].split("\\.");
        Expect.equal(3, numbers.length, "numbers in the version " + text);
        return Long.parseLong(numbers[0]) * 1_000_000 + Long.parseLong(numbers[1]) * 1_000 + Long.parseLong(numbers[2]);
    }
}
