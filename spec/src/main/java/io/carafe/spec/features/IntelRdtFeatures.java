package io.carafe.spec.features;

import java.util.Optional;

/** The parts of {@code linux.intelRdt} that the runtime implements; absent: unknown. */
public record IntelRdtFeatures(Optional<Boolean> enabled, Optional<Boolean> schemata, Optional<Boolean> monitoring) {
}
