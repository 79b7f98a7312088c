package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.layout.Descriptor.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which of an index's entries is meant. Entries of other media types stand there for others and are passed over. */
final class ImageChoice {

    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String LINUX = "linux";

    private ImageChoice() {
    }

    /** Of index.json. @param architecture decides where several have one tag. @throws ImageException when none or several have the tag, or there is none or several without one */
    static Descriptor tagged(List<Descriptor> entries, Optional<String> tag, String architecture) {
        List<Descriptor> images = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor entry : entries) {
            if (entry.isIndex() || entry.isManifest()) {
                String name = entry.annotations().getOrDefault(REF_NAME, "");
                names.add(name.isEmpty() ? "one without a tag" : name);
                if (tag.isEmpty() || tag.get().equals(name)) {
                    images.add(entry);
                }
            }
        }
        if (images.isEmpty()) {
            throw new ImageException(tag.map(text -> "expected an image with the tag " + text).orElse("expected an image")
                    + " in the layout, found " + (names.isEmpty() ? "none" : String.join(", ", names)));
        }
        // Another entry for the same content, as some tools leave behind, is no question to be asked.
        for (Descriptor image : images) {
            if (!image.digest().equals(images.get(0).digest())) {
                if (images.stream().allMatch(any -> any.platform().isPresent())) {
                    return forPlatform(images, architecture);
                }
                throw new ImageException(tag.map(text -> "expected one image with the tag " + text).orElse("expected a tag, or one image")
                        + " in the layout, found " + String.join(", ", names));
            }
        }
        return images.get(0);
    }

    /** Of an index among the blobs. @throws ImageException when none is for this machine */
    static Descriptor forPlatform(List<Descriptor> entries, String architecture) {
        List<String> platforms = new ArrayList<>();
        List<Descriptor> images = new ArrayList<>();
        for (Descriptor entry : entries) {
            if (entry.isIndex() || entry.isManifest()) {
                images.add(entry);
                Optional<Platform> platform = entry.platform();
                if (platform.isPresent() && platform.get().os().equals(LINUX) && platform.get().architecture().equals(architecture)) {
                    return entry; // "the first matching entry is used" (image-index.md, manifests)
                }
                platforms.add(platform.map(Platform::toString).orElse("one without a platform"));
            }
        }
        if (images.size() == 1 && images.get(0).platform().isEmpty()) {
            return images.get(0);
        }
        throw new ImageException("expected an image for " + LINUX + "/" + architecture + ", found "
                + (platforms.isEmpty() ? "none" : String.join(", ", platforms)));
    }
}
