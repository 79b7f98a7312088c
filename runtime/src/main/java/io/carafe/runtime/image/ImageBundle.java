package io.carafe.runtime.image;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.layer.LowerLayers;
import io.carafe.runtime.image.layout.Blob;
import io.carafe.runtime.image.layout.Layout;
import io.carafe.runtime.image.layout.StoredImage;
import io.carafe.runtime.image.layout.StoredImage.Form;
import io.carafe.runtime.image.store.LayerStore;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.process.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes a bundle from an image: its layers in the store, its config as config.json, an empty rootfs to put the layers on. */
public final class ImageBundle {

    private static final String CONFIG = "config.json";

    private ImageBundle() {
    }

    /**
     * An image layout, and which image in it.
     *
     * @param tag absent: the only one
     */
    public record Reference(String layout, Optional<String> tag) {

        /** {@code IMAGE[:TAG]}: the first colon ends the path, as tags may have colons in them ({@code host/name:tag}). */
        public static Reference parse(String text) {
            int colon = text.indexOf(':');
            return colon < 0 ? new Reference(text, Optional.empty())
                    : new Reference(text.substring(0, colon), Optional.of(text.substring(colon + 1)).filter(tag -> !tag.isEmpty()));
        }

        /** As images are listed: the last name of the path, and the tag. */
        String shown() {
            String path = layout;
            while (path.length() > 1 && path.endsWith("/")) {
                path = path.substring(0, path.length() - 1);
            }
            return path.substring(path.lastIndexOf('/') + 1) + tag.map(text -> ":" + text).orElse("");
        }
    }

    /**
     * Makes the bundle. Layers that were unpacked stay in the store when a later step fails; the bundle is whole or not there.
     *
     * @param dir of the bundle; is made, or is there and empty
     * @param store the directory of the {@link LayerStore}; bundles name it, so it must stay
     * @param terminal whether its program is to have one
     * @param warn is told what the bundle goes without here
     * @throws ImageException what is wrong with the image
     * @throws KernelException EEXIST when the directory is not empty; what else the kernel refuses
     */
    public static void make(Linux linux, Reference image, String dir, String store, boolean terminal, Progress progress, Consumer<String> warn) {
        refuseFilled(linux, dir);
        try (Layout layout = Layout.open(linux, image.layout()); LayerStore layerStore = LayerStore.open(linux, store, warn)) {
            StoredImage stored = layout.image(image.tag());
            ImageConfig config = config(layout, stored);
            List<LayerStore.Layer> unpacked = unpack(layerStore, layout, stored, config, progress);
            List<String> layers = unpacked.stream().map(LayerStore.Layer::path).toList();
            User user = config.config().user().map(text -> user(linux, text, layers)).orElse(User.ROOT);
            Config made = BundleConfigPlan.of(config, user, layers, base(linux), terminal);
            layerStore.remember(unpacked, image.shown(), stored.layers().stream().mapToLong(Blob::size).sum(), absolute(linux, dir));
            write(linux, dir, made);
        }
    }

    private static String absolute(Linux linux, String path) {
        return path.startsWith("/") ? path : linux.paths.getcwd() + "/" + path;
    }

    private static ImageConfig config(Layout layout, StoredImage image) {
        if (image.form() == Form.WITH_DIFF_IDS) {
            return layout.document(image.config(), ImageConfig.TABLE);
        }
        List<Digest> diffIds = image.layers().stream().map(layer -> LayerStore.diffId(layout, layer)).toList();
        return layout.document(image.config(), ImageConfig.LEGACY).withDiffIds(diffIds);
    }

    private static void refuseFilled(Linux linux, String dir) {
        if (linux.paths.statxIfPresent(Fd.CWD, dir, AT_SYMLINK_NOFOLLOW).isPresent() && !linux.files.list(Fd.CWD, dir).isEmpty()) {
            throw new KernelException("make bundle " + dir, Errno.EEXIST).hint(Errno.EEXIST, "the directory is not empty");
        }
    }

    private static List<LayerStore.Layer> unpack(LayerStore store, Layout layout, StoredImage image, ImageConfig config, Progress progress) {
        int count = image.layers().size();
        if (config.rootfs().diffIds().size() != count) {
            throw new ImageException("rootfs.diff_ids: expected one for each of the image's " + count + " layers, found "
                    + config.rootfs().diffIds().size());
        }
        List<LayerStore.Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i + 1;
            Blob blob = image.layers().get(i);
            layers.add(store.layer(layout, blob, config.rootfs().diffIds().get(i), layers,
                    bytes -> progress.unpacked(number, count, bytes, blob.size())));
        }
        return layers;
    }

    private static User user(Linux linux, String text, List<String> layers) {
        LowerLayers image = new LowerLayers(linux, layers);
        return ImageUser.of(text, path -> image.read(path).orElse(""));
    }

    private static Config base(Linux linux) {
        int uid = linux.credentials.geteuid();
        return uid == 0 ? DefaultConfig.rootful()
                : DefaultConfig.rootless(Integer.toUnsignedLong(uid), Integer.toUnsignedLong(linux.credentials.getegid()));
    }

    private static void write(Linux linux, String path, Config config) {
        try (Undo undo = new Undo()) {
            if (linux.paths.mkdirIfAbsent(Fd.CWD, path, 0755)) {
                undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, path, AT_REMOVEDIR));
            }
            try (Fd dir = linux.files.open(path, O_RDONLY | O_DIRECTORY)) {
                linux.paths.mkdirat(dir, BundleConfigPlan.ROOT, 0755);
                undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, path + "/" + BundleConfigPlan.ROOT, AT_REMOVEDIR));
                try (Fd file = linux.files.openat(dir, CONFIG, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644)) {
                    undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, path + "/" + CONFIG, 0));
                    linux.files.write(file, ConfigJson.write(config));
                }
            }
            undo.keep();
        }
    }
}
