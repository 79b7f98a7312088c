package io.carafe.runtime.image.layer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What a layer goes without here, a line a kind: it may be so for each of a hundred thousand files. */
final class UnpackWarnings {

    private static final int MOST_KINDS = 20;

    private static final class Times {
        private final String first;
        private int count;

        Times(String first) {
            this.first = first;
        }
    }

    private final Map<String, Times> kinds = new LinkedHashMap<>();
    private int others;

    /** @param kind what is left out, and why */
    void add(String entry, String kind) {
        Times times = kinds.get(kind);
        if (times == null && kinds.size() == MOST_KINDS) {
            others++;
            return;
        }
        if (times == null) {
            times = new Times(entry);
            kinds.put(kind, times);
        }
        times.count++;
    }

    void tell(Consumer<String> warn) {
        kinds.forEach((kind, times) -> warn.accept("entry " + times.first
                + (times.count == 1 ? "" : " and " + (times.count - 1) + " more") + ": " + kind));
        if (others > 0) {
            warn.accept(others + " more entries go without something");
        }
    }
}
