package io.carafe.spec.features;

import java.util.Optional;

/** Whether the runtime has been built with something; absent: unknown. */
public record Enabled(Optional<Boolean> enabled) {
}
