package io.carafe.spec.features;

import java.util.List;
import java.util.Optional;

/** The values that the runtime accepts in {@code linux.memoryPolicy}. */
public record MemoryPolicyFeatures(Optional<List<String>> modes, Optional<List<String>> flags) {

    public MemoryPolicyFeatures {
        modes = modes.map(List::copyOf);
        flags = flags.map(List::copyOf);
    }
}
