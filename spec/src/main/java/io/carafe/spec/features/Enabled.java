package io.carafe.spec.features;

import java.util.Optional;

/** Whether the runtime was built with a feature; absent: unknown. */
public record Enabled(Optional<Boolean> enabled) {
}
