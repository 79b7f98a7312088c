package io.carafe.runtime.image.store;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layer.Removal;
import io.carafe.spec.json.SpecException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The images of a store, and what of it is in use. The store's own lock keeps those who remove from those who make bundles. */
public final class StoreImages {

    private static final String IMAGES = "images";
    private static final String NEW = "new";
    private static final String WRITTEN = ".written";
    private static final int LARGEST = 16 << 20;

    private final Linux linux;
    private final Fd store;

    /** Borrows the descriptor of the store's directory. */
    StoreImages(Linux linux, Fd store) {
        this.linux = linux;
        this.store = store;
    }

    /** Remembers that a bundle uses an image; before the bundle is one, so that there is no moment without. @param bundle absolute */
    void remember(ImageRecord image, String name, String bundle) {
        linux.paths.mkdirIfAbsent(store, IMAGES, 0700);
        try (Fd dir = linux.files.openat(store, IMAGES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)) {
            linux.files.flock(dir, LOCK_EX); // of several that make bundles of one image
            write(dir, read(dir, image.id().hex()).orElse(image).with(name, bundle));
        }
    }

    private void write(Fd dir, ImageRecord image) {
        String name = image.id().hex();
        try (Fd file = linux.files.openat(dir, name + WRITTEN, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600)) {
            linux.files.write(file, ImageRecord.TABLE.pretty(image));
        }
        linux.paths.rename(dir, name + WRITTEN, dir, name, 0);
    }

    /** All of them, by their ids; with those bundles only that are still of them. */
    public List<ImageRecord> list() {
        Optional<Fd> opened = linux.files.openIfPresent(store, IMAGES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (opened.isEmpty()) {
            return List.of();
        }
        List<ImageRecord> images = new ArrayList<>();
        try (Fd dir = opened.get()) {
            for (String name : linux.files.list(dir, ".").stream().sorted().filter(StoreImages::isHex).toList()) {
                read(dir, name).ifPresent(image -> images.add(image.withBundles(
                        image.bundles().stream().filter(bundle -> isBundleOf(bundle, image)).toList())));
            }
        }
        return images;
    }

    /** @throws ImageException for what is damaged: nobody knows then which layers are used */
    private Optional<ImageRecord> read(Fd dir, String name) {
        try {
            return linux.files.openIfPresent(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).map(opened -> {
                try (Fd file = opened) {
                    byte[] json = linux.files.readAll(file, LARGEST);
                    return ImageRecord.TABLE.read(json, 0, json.length);
                }
            });
        } catch (SpecException e) {
            throw new ImageException("image " + name + " of the store: " + e.getMessage() + "; remove the file images/" + name
                    + " of it, if no bundle of that image is left");
        }
    }

    /** Where that cannot be told, it is. The text alone is looked at, whatever else of the bundle somebody has changed. */
    private boolean isBundleOf(String bundle, ImageRecord image) {
        try {
            Optional<Fd> config = linux.files.openIfPresent(Fd.CWD, bundle + "/config.json", O_RDONLY | O_NONBLOCK);
            if (config.isEmpty()) {
                return false;
            }
            try (Fd file = config.get()) {
                return new String(linux.files.readAll(file, LARGEST), StandardCharsets.UTF_8).contains(image.id().hex());
            }
        } catch (KernelException e) {
            return !e.is(Errno.ENOTDIR);
        }
    }

    /** Removes what a plan says: first the names of images, then layers, each of which has lost its name before it is taken apart. */
    CollectionPlan remove(CollectionPlan plan) {
        for (ImageRecord image : plan.images()) {
            linux.paths.unlinkat(store, IMAGES + "/" + image.id().hex(), 0);
        }
        for (String layer : plan.layers()) {
            String going = NEW + "/" + layer.substring(layer.indexOf('/') + 1);
            Removal.of(linux, store, going);
            linux.paths.rename(store, layer, store, going, 0);
            Removal.of(linux, store, going);
        }
        return plan;
    }

    /** What those have left who were killed while they unpacked; nobody unpacks now. */
    void removeUnfinished() {
        linux.files.list(store, NEW).forEach(name -> Removal.of(linux, store, NEW + "/" + name));
    }

    /** The directories of all layers, as {@code sha256/HEX}. */
    List<String> layers() {
        List<String> layers = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            if (linux.paths.statxIfPresent(store, algorithm.text, AT_SYMLINK_NOFOLLOW).isPresent()) {
                linux.files.list(store, algorithm.text).stream().filter(StoreImages::isHex).sorted()
                        .forEach(name -> layers.add(algorithm.text + "/" + name));
            }
        }
        return layers;
    }

    private static boolean isHex(String name) {
        Predicate<Algorithm> fits = algorithm -> name.length() == 2 * algorithm.bytes;
        return List.of(Algorithm.values()).stream().anyMatch(fits) && name.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    static ImageRecord of(List<LayerStore.Layer> layers, long size) {
        List<Digest> chain = layers.stream().map(LayerStore.Layer::chainId).toList();
        return new ImageRecord(chain.get(chain.size() - 1), List.of(), chain, size, List.of());
    }
}
