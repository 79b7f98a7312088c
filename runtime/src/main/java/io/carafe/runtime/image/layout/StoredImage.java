package io.carafe.runtime.image.layout;

import java.util.List;

/**
 * An image: the file of its config, and its layers from the lowest up.
 *
 * @param form of what it came in, which decides how its config is read
 */
public record StoredImage(Form form, Blob config, List<Blob> layers) {

    /** How an image may be stored. */
    public enum Form {
        /** The config has the digests of the layers' tars. */
        WITH_DIFF_IDS,
        /** docker save before Docker 1.10: a config for each layer, and no digests. */
        LEGACY
    }
}
