package io.carafe.spec.features;

import java.util.Optional;

/** Which parts of {@code linux.intelRdt} the runtime carries out; absent: unknown. */
public record IntelRdtFeatures(Optional<Boolean> enabled, Optional<Boolean> schemata, Optional<Boolean> monitoring) {
}
