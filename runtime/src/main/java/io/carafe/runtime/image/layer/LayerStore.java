package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.VerifiedStream;
import io.carafe.runtime.image.layout.Descriptor;
import io.carafe.runtime.image.layout.Layout;
import io.carafe.runtime.image.tar.TarReader;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A directory with each layer once, under the digest of its tar.
 *
 * <pre>
 * sha256/DIGEST   whole and verified; never changed again
 * new/DIGEST      being unpacked by whoever holds its flock(2); of one who was killed, what is left for the next to remove
 * </pre>
 *
 * <p>Directories of the store are its owner's alone: a layer has set-user-id programs.
 */
public final class LayerStore implements AutoCloseable {

    private static final int PRIVATE = 0700;
    private static final int MODE_OF_LAYER = 0755;
    private static final String NEW = "new/";

    private final Linux linux;
    private final Fd layers;
    private final String path;

    private LayerStore(Linux linux, Fd layers, String path) {
        this.linux = linux;
        this.layers = layers;
        this.path = path;
    }

    /**
     * Opens a store, made if need be, as are the directories above it.
     *
     * @throws ImageException when somebody else may write to it: his layers would be taken for verified ones
     */
    public static LayerStore open(Linux linux, String path) {
        for (int end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, path.substring(0, end), 0755);
        }
        linux.paths.mkdirIfAbsent(Fd.CWD, path, PRIVATE);
        try (Undo undo = new Undo()) {
            Fd dir = undo.onFailure(linux.files.open(path, O_RDONLY | O_DIRECTORY), Fd::close);
            FileStatus status = linux.files.fstat(dir);
            if (status.uid() != linux.credentials.geteuid() || (status.permissions() & 022) != 0) {
                throw new ImageException("store " + path + ": expected a directory that only its owner, the caller, may write to");
            }
            linux.paths.mkdirIfAbsent(dir, "new", PRIVATE);
            LayerStore store = new LayerStore(linux, dir, linux.paths.readlinkat(Fd.CWD, dir.path()));
            undo.keep();
            return store;
        }
    }

    /**
     * Sees to it that a layer is there, and unpacks it if it is not. Who comes while another unpacks the same one waits for him.
     *
     * @param diffId the digest of the layer's tar, from the image's config
     * @param progress is told the bytes of the blob that have been read; not called when the layer is there
     * @return the layer's directory, absolute
     * @throws ImageException when blob or tar have another digest, or the tar is damaged or hostile; the store is as it was
     */
    public String layer(Layout layout, Descriptor blob, Digest diffId, LongConsumer progress) {
        String name = diffId.algorithm().text + "/" + diffId.hex();
        linux.paths.mkdirIfAbsent(layers, diffId.algorithm().text, PRIVATE);
        while (!has(name)) {
            Optional<Fd> claimed = claim(NEW + diffId.hex());
            if (claimed.isPresent()) {
                try (Fd dir = claimed.get()) {
                    unpackOnce(layout, blob, diffId, name, dir, progress);
                }
            }
        }
        return path + "/" + name;
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

    private void unpackOnce(Layout layout, Descriptor blob, Digest diffId, String name, Fd dir, LongConsumer progress) {
        String unfinished = NEW + diffId.hex();
        if (has(name)) { // since we looked
            linux.paths.unlinkat(layers, unfinished, AT_REMOVEDIR);
            return;
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> Tree.remove(linux, layers, unfinished));
            for (String left : linux.files.list(dir, ".")) {
                Tree.remove(linux, dir, left);
            }
            unpack(layout, blob, diffId, dir, progress);
            // Before the name that says whole and verified: it might outlive a power cut, and the content not.
            linux.files.syncfs(dir);
            linux.paths.rename(layers, unfinished, layers, name, 0);
            undo.keep();
        }
    }

    private void unpack(Layout layout, Descriptor blob, Digest diffId, Fd dir, LongConsumer progress) {
        Compression compression = Compression.of(blob);
        linux.files.fchmod(dir, MODE_OF_LAYER);
        VerifiedStream compressed = layout.blob(blob, progress);
        try (compressed; VerifiedStream tar = new VerifiedStream(compression.open(compressed), diffId, read -> { });
                Unpacking unpacking = new Unpacking(linux, dir)) {
            unpacking.unpack(new TarReader(tar));
            tar.verify();
            compressed.verify();
        } catch (IOException e) {
            throw new ImageException("layer " + blob.digest() + ": " + compression + ": " + e.getMessage());
        } catch (ImageException e) {
            throw e.during("layer " + blob.digest());
        }
    }

    @Override
    public void close() {
        layers.close();
    }
}
