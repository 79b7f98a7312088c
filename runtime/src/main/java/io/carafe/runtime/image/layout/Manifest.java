package io.carafe.runtime.image.layout;

import java.util.List;

/**
 * An image: the blob of its config, and its layers from the lowest up.
 *
 * @see "image-spec manifest.md"
 */
public record Manifest(Descriptor config, List<Descriptor> layers) {
}
