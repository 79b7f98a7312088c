package io.carafe.spec.state;

import io.carafe.spec.OciVersion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The state of a container, as hooks read it on their standard input.
 *
 * @param pid present when the status is created or running: as the reader of the state sees it
 * @param bundle absolute path on the host
 * @see "runtime-spec runtime.md, State"
 */
public record State(
        OciVersion ociVersion,
        String id,
        Status status,
        OptionalInt pid,
        String bundle,
        Map<String, String> annotations) {

    public State {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }
}
