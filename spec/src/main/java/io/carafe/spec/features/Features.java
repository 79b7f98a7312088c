package io.carafe.spec.features;

import io.carafe.spec.OciVersion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a runtime recognises, independent of the host.
 *
 * @param ociVersionMin the oldest accepted {@code ociVersion}
 * @param ociVersionMax the newest accepted {@code ociVersion}
 * @param potentiallyUnsafeConfigAnnotations keys, or prefixes when they end with a dot
 * @see "runtime-spec features.md"
 */
public record Features(
        OciVersion ociVersionMin,
        OciVersion ociVersionMax,
        Optional<List<String>> hooks,
        Optional<List<String>> mountOptions,
        Optional<LinuxFeatures> linux,
        Map<String, String> annotations,
        Optional<List<String>> potentiallyUnsafeConfigAnnotations) {

    public Features {
        hooks = hooks.map(List::copyOf);
        mountOptions = mountOptions.map(List::copyOf);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
        potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations.map(List::copyOf);
    }
}
