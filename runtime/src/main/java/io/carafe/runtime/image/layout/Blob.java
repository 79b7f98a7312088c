package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.Digest;
import java.util.Optional;

/**
 * A file of an image: its config, or a layer.
 *
 * @param name of the file in the layout
 * @param digest of its bytes; absent in docker's archives, which say it of a layer's tar alone
 * @param size in bytes
 * @param mediaType what it is said to be; absent in docker's archives
 */
public record Blob(String name, Optional<Digest> digest, long size, Optional<String> mediaType) {

    static Blob of(Descriptor descriptor, String name) {
        return new Blob(name, Optional.of(descriptor.digest()), descriptor.size(), descriptor.mediaType());
    }

    /** As errors name it. */
    public String shown() {
        return digest.map(Digest::toString).orElse(name);
    }
}
