package io.carafe.runtime.image.store;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.LOCK_SH;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.Sha2;
import io.carafe.runtime.image.blob.VerifiedStream;
import io.carafe.runtime.image.compression.Compression;
import io.carafe.runtime.image.layer.LowerLayers;
import io.carafe.runtime.image.layer.Removal;
import io.carafe.runtime.image.layer.Unpacking;
import io.carafe.runtime.image.layout.Blob;
import io.carafe.runtime.image.layout.Layout;
import io.carafe.runtime.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A directory with each layer once, under its ChainID: the digest of its tar and of those below it, since directories that a layer has no
 * entries for are as the layers below have them.
 *
 * <pre>
 * sha256/CHAINID   whole and verified; never changed again
 * new/CHAINID      being unpacked by whoever holds its flock(2); of one who was killed, what is left for the next to remove
 * images/CHAINID   a record of each image, by its topmost layer, with the bundles that were made of it
 * </pre>
 *
 * <p>Who makes a bundle has the shared flock(2) of the store's directory from before the first look at a layer until the bundle is one, who
 * removes layers the exclusive one.
 *
 * <p>Directories of the store are its owner's alone: a layer has set-user-id programs.
 *
 * @see "image-spec config.md, Layer ChainID"
 */
public final class LayerStore implements AutoCloseable {

    private static final int CHUNK = 32 * 1024;
    private static final int PRIVATE = 0700;
    private static final int MODE_OF_LAYER = 0755;
    private static final String NEW = "new/";

    private final Linux linux;
    private final Fd layers;
    private final String path;
    private final Consumer<String> warn;

    private LayerStore(Linux linux, Fd layers, String path, Consumer<String> warn) {
        this.warn = warn;
        this.linux = linux;
        this.layers = layers;
        this.path = path;
    }

    /**
     * Opens a store to make a bundle with it, made if need be, as are the directories above it. Waits for who removes layers.
     *
     * @param warn is told what a layer goes without here
     * @throws ImageException when somebody else may write to it: his layers would be taken for verified ones
     */
    public static LayerStore open(Linux linux, String path, Consumer<String> warn) {
        for (int end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, path.substring(0, end), 0755);
        }
        linux.paths.mkdirIfAbsent(Fd.CWD, path, PRIVATE);
        return open(linux, path, LOCK_SH, warn);
    }

    private static LayerStore open(Linux linux, String path, int lock, Consumer<String> warn) {
        try (Undo undo = new Undo()) {
            Fd dir = undo.onFailure(linux.files.open(path, O_RDONLY | O_DIRECTORY), Fd::close);
            FileStatus status = linux.files.fstat(dir);
            if (status.uid() != linux.credentials.geteuid() || (status.permissions() & 022) != 0) {
                throw new ImageException("store " + path + ": expected a directory that only its owner, the caller, may write to");
            }
            linux.files.flock(dir, lock);
            linux.paths.mkdirIfAbsent(dir, "new", PRIVATE);
            LayerStore store = new LayerStore(linux, dir, linux.paths.readlinkat(Fd.CWD, dir.path()), warn);
            undo.keep();
            return store;
        }
    }

    /** The images of a store; none where there is no store. */
    public static List<ImageRecord> images(Linux linux, String path) {
        if (linux.paths.statxIfPresent(Fd.CWD, path, 0).isEmpty()) {
            return List.of();
        }
        try (LayerStore store = open(linux, path, LOCK_SH, text -> { })) {
            return new StoreImages(linux, store.layers).list();
        }
    }

    /**
     * Removes images with the layers that no other has; waits for those who make bundles.
     *
     * @param words names or ids; none: all that no bundle and no container uses, layers of no image, and what was left half unpacked
     * @param inUse annotations of containers that name layers
     * @return what has gone
     * @throws ImageException for an image that is used, and one that is not there
     */
    public static CollectionPlan remove(Linux linux, String path, List<String> words, List<String> inUse) {
        if (linux.paths.statxIfPresent(Fd.CWD, path, 0).isEmpty()) {
            return CollectionPlan.of(new CollectionPlan.Store(List.of(), List.of(), inUse), words);
        }
        try (LayerStore store = open(linux, path, LOCK_EX, text -> { })) {
            StoreImages images = new StoreImages(linux, store.layers);
            CollectionPlan plan = images.remove(CollectionPlan.of(new CollectionPlan.Store(images.list(), images.layers(), inUse), words));
            if (words.isEmpty()) {
                images.removeUnfinished();
            }
            return plan;
        }
    }

    /**
     * Remembers that a bundle will use layers.
     *
     * @param name of the image
     * @param size of the layers as they came, in bytes
     * @param bundle its absolute path
     */
    public void remember(List<Layer> image, String name, long size, String bundle) {
        if (!image.isEmpty()) {
            new StoreImages(linux, layers).remember(StoreImages.of(image, size), name, bundle);
        }
    }

    /** A layer on top of others. @param path of its directory, absolute */
    public record Layer(Digest chainId, String path) {
    }

    /**
     * Sees to it that a layer is there, and unpacks it if it is not. Who comes while another unpacks the same one waits for him.
     *
     * @param diffId the digest of the layer's tar, from the image's config
     * @param below the layers below it, from the lowest up
     * @param progress is told the bytes of the blob that have been read; not called when the layer is there
     * @throws ImageException when blob or tar have another digest, or the tar is damaged or hostile; the store is as it was
     */
    public Layer layer(Layout layout, Blob blob, Digest diffId, List<Layer> below, LongConsumer progress) {
        Digest chainId = below.isEmpty() ? diffId : chainId(below.get(below.size() - 1).chainId(), diffId);
        String name = chainId.algorithm().text + "/" + chainId.hex();
        linux.paths.mkdirIfAbsent(layers, chainId.algorithm().text, PRIVATE);
        while (!has(name)) {
            String unfinished = NEW + chainId.hex();
            Optional<Fd> claimed = claim(unfinished);
            if (claimed.isPresent()) {
                try (Fd dir = claimed.get()) {
                    LowerLayers lower = new LowerLayers(linux, below.stream().map(Layer::path).toList());
                    unpackOnce(name, unfinished, dir, () -> unpack(layout, blob, diffId, dir, lower, progress));
                }
            }
        }
        return new Layer(chainId, path + "/" + name);
    }

    private static Digest chainId(Digest below, Digest diffId) {
        return Digest.of(diffId.algorithm(), (below + " " + diffId).getBytes(StandardCharsets.UTF_8));
    }

    private boolean has(String name) {
        return linux.paths.statxIfPresent(layers, name, AT_SYMLINK_NOFOLLOW).isPresent();
    }

    /** Makes or finds the directory and waits for its lock. @return empty when it has gone meanwhile: look again */
    private Optional<Fd> claim(String name) {
        linux.paths.mkdirIfAbsent(layers, name, PRIVATE);
        Optional<Fd> opened = linux.files.openIfPresent(layers, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (opened.isEmpty()) {
            return opened;
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(opened.get()::close);
            linux.files.flock(opened.get(), LOCK_EX);
            Optional<FileStatus> now = linux.paths.statxIfPresent(layers, name, AT_SYMLINK_NOFOLLOW);
            if (now.isEmpty() || !now.get().isSameFile(linux.files.fstat(opened.get()))) {
                return Optional.empty(); // whoever held it has finished, or given up
            }
            undo.keep();
            return opened;
        }
    }

    private void unpackOnce(String name, String unfinished, Fd dir, Runnable unpack) {
        if (has(name)) { // since we looked
            linux.paths.unlinkat(layers, unfinished, AT_REMOVEDIR);
            return;
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> Removal.of(linux, layers, unfinished));
            for (String left : linux.files.list(dir, ".")) {
                Removal.of(linux, dir, left);
            }
            unpack.run();
            // Before the name that says whole and verified: it might outlive a power cut, and the content not.
            linux.files.syncfs(dir);
            linux.paths.rename(layers, unfinished, layers, name, 0);
            undo.keep();
        }
    }

    private void unpack(Layout layout, Blob blob, Digest diffId, Fd dir, LowerLayers lower, LongConsumer progress) {
        linux.files.fchmod(dir, MODE_OF_LAYER);
        Compression compression = compression(layout, blob);
        // A tar that is its own blob is hashed once.
        Optional<Digest> ofTar = blob.digest().equals(Optional.of(diffId)) && compression == Compression.NONE ? Optional.empty() : Optional.of(diffId);
        try (VerifiedStream compressed = layout.open(blob, progress);
                VerifiedStream tar = new VerifiedStream(compression.open(compressed), ofTar, read -> { });
                Unpacking unpacking = new Unpacking(linux, dir, lower)) {
            unpacking.unpack(new TarReader(tar), text -> warn.accept("layer " + blob.shown() + ": " + text));
            tar.verify();
            compressed.verify();
        } catch (IOException e) {
            throw new ImageException("layer " + blob.shown() + ": " + e.getMessage());
        } catch (ImageException e) {
            throw e.during("layer " + blob.shown());
        }
    }

    /** Before the blob is opened: a layout has one file open at a time. */
    private static Compression compression(Layout layout, Blob blob) {
        blob.mediaType().ifPresent(Compression::requireLayer);
        return Compression.of(layout.start(blob, Compression.START));
    }

    /** The digest of a layer's tar, where no config has it. */
    public static Digest diffId(Layout layout, Blob blob) {
        Sha2 hash = Sha2.of(Sha2.Algorithm.SHA256);
        byte[] buffer = new byte[CHUNK];
        Compression compression = compression(layout, blob);
        try (VerifiedStream compressed = layout.open(blob, read -> { }); InputStream tar = compression.open(compressed)) {
            for (int count = tar.read(buffer, 0, CHUNK); count >= 0; count = tar.read(buffer, 0, CHUNK)) {
                hash.update(buffer, 0, count);
            }
            return hash.digest();
        } catch (IOException e) {
            throw new ImageException("layer " + blob.shown() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        layers.close();
    }
}
