package io.carafe.runtime.image.store;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What goes from a store. Nothing goes that a bundle or a container uses.
 *
 * @param images those that go
 * @param layers those that go, as {@code sha256/HEX}
 */
public record CollectionPlan(List<ImageRecord> images, List<String> layers) {

    /**
     * What there is.
     *
     * @param images with those of their bundles that are still bundles of theirs
     * @param layers as {@code sha256/HEX}
     * @param inUse annotations of containers that name directories of layers; a bundle may have been deleted under its container
     */
    public record Store(List<ImageRecord> images, List<String> layers, List<String> inUse) {

        boolean isUsed(String layer) {
            return inUse.stream().anyMatch(text -> text.contains(layer));
        }

        boolean isUsed(ImageRecord image) {
            return !image.bundles().isEmpty() || isUsed(directory(image.id()));
        }
    }

    /** @param words names or ids; none: what nobody uses */
    static CollectionPlan of(Store store, List<String> words) {
        return words.isEmpty() ? ofUnused(store) : ofNamed(store, words);
    }

    /** What nobody uses, and layers that belong to no image. */
    static CollectionPlan ofUnused(Store store) {
        return of(store, store.images().stream().filter(image -> !store.isUsed(image)).toList(), store.layers());
    }

    /**
     * Some images, with the layers that no other has.
     *
     * @param words a name or the beginning of an id each
     * @throws ImageException for a word that means none or several, and for an image that is used
     */
    static CollectionPlan ofNamed(Store store, List<String> words) {
        List<ImageRecord> going = new ArrayList<>();
        for (String word : words) {
            List<ImageRecord> meant = store.images().stream().filter(image -> image.isMeantBy(word)).toList();
            if (meant.size() != 1) {
                throw new ImageException("image " + word + ": expected a name or an id of `carafe images list`, found "
                        + (meant.isEmpty() ? "no image of it" : meant.size() + " images of it"));
            }
            ImageRecord image = meant.get(0);
            if (store.isUsed(image)) {
                throw new ImageException("image " + word + ": is used by " + (image.bundles().isEmpty() ? "a container"
                        : "the bundle " + image.bundles().get(0)) + "; remove that first");
            }
            going.add(image);
        }
        Set<String> theirs = new HashSet<>();
        going.forEach(image -> image.layers().forEach(layer -> theirs.add(directory(layer))));
        return of(store, going, store.layers().stream().filter(theirs::contains).toList());
    }

    /** @param layers those of which some may go */
    private static CollectionPlan of(Store store, List<ImageRecord> going, List<String> layers) {
        Set<String> kept = new HashSet<>();
        for (ImageRecord image : store.images()) {
            if (!going.contains(image)) {
                image.layers().forEach(layer -> kept.add(directory(layer)));
            }
        }
        return new CollectionPlan(going, layers.stream().filter(layer -> !kept.contains(layer) && !store.isUsed(layer)).toList());
    }

    static String directory(Digest chainId) {
        return chainId.algorithm().text + "/" + chainId.hex();
    }
}
