package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names a blob.
 *
 * @param size of the blob in bytes
 * @see "image-spec descriptor.md"
 */
public record Descriptor(Optional<String> mediaType, Digest digest, long size, Map<String, String> annotations,
        Optional<Platform> platform) {

    /** What an image was built for, in Go's words (GOOS, GOARCH). */
    public record Platform(String os, String architecture, Optional<String> variant) {

        @Override
        public String toString() {
            return os + "/" + architecture + variant.map(text -> "/" + text).orElse("");
        }
    }

    /** image-index.md: an index lists manifests, or indexes again. Docker has names of its own for the same. */
    static final List<String> INDEX_TYPES = List.of("application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json");
    static final List<String> MANIFEST_TYPES = List.of("application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    boolean isIndex() {
        return mediaType.isPresent() && INDEX_TYPES.contains(mediaType.get());
    }

    boolean isManifest() {
        return mediaType.isPresent() && MANIFEST_TYPES.contains(mediaType.get());
    }
}
