package io.carafe.spec.features;

import java.util.List;
import java.util.Optional;

/**
 * The values that the runtime accepts in {@code linux.seccomp}.
 *
 * @param supportedFlags those of {@code knownFlags} that this kernel has
 */
public record SeccompFeatures(
        Optional<Boolean> enabled,
        Optional<List<String>> actions,
        Optional<List<String>> operators,
        Optional<List<String>> archs,
        Optional<List<String>> knownFlags,
        Optional<List<String>> supportedFlags) {

    public SeccompFeatures {
        actions = actions.map(List::copyOf);
        operators = operators.map(List::copyOf);
        archs = archs.map(List::copyOf);
        knownFlags = knownFlags.map(List::copyOf);
        supportedFlags = supportedFlags.map(List::copyOf);
    }
}
