package io.carafe.runtime.image.layout;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.call.file.Files;
import io.carafe.runtime.image.blob.FileStream;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.VerifiedStream;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.RecordTable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;

/** An open layout. */
public final class Layout implements AutoCloseable {

    /** Of a JSON document in bytes: what registries take. */
    private static final int LARGEST_DOCUMENT = 4 << 20;
    private static final int DEEPEST_INDEX = 4;
    private static final String INDEX = "index.json";
    private static final String MARKER = "oci-layout";

    private final LayoutFiles files;

    private Layout(LayoutFiles files) {
        this.files = files;
    }

    /**
     * Opens a layout.
     *
     * @param path of a directory, or of a tar that is not compressed
     * @throws KernelException when it cannot be opened
     * @throws ImageException when it is no layout, or of a version that is not 1
     */
    public static Layout open(Files files, String path) {
        try (Undo undo = new Undo()) {
            Fd fd = undo.onFailure(files.open(path, O_RDONLY | O_NONBLOCK), Fd::close);
            FileStatus status = files.fstat(fd);
            if (!status.isDirectory() && status.type() != S_IFREG) {
                throw new ImageException(path + ": expected a directory or a tar");
            }
            Layout layout = new Layout(status.isDirectory() ? new LayoutFolder(files, fd) : LayoutTar.of(files, fd, status.size()));
            layout.checkMarker();
            undo.keep();
            return layout;
        } catch (ImageException e) {
            throw e.during("image layout " + path);
        } catch (KernelException e) {
            throw e.hint(Errno.ENOENT, "an OCI image layout is a directory or a tar with the files " + MARKER + " and " + INDEX);
        }
    }

    private void checkMarker() {
        String version = document(MARKER, Documents.MARKER).imageLayoutVersion();
        if (!version.startsWith("1.")) {
            throw new ImageException(MARKER + ": expected an imageLayoutVersion of 1, found " + version);
        }
    }

    /**
     * Finds an image: by its tag, or the only one; where an index has it for several platforms, the one for this machine.
     *
     * @param tag annotation org.opencontainers.image.ref.name
     * @throws ImageException when there is none, or more than one
     */
    public Manifest manifest(Optional<String> tag) {
        Descriptor chosen = ImageChoice.tagged(document(INDEX, Documents.INDEX).manifests(), tag, architecture());
        for (int depth = 0; chosen.isIndex(); depth++) {
            if (depth == DEEPEST_INDEX) {
                throw new ImageException("expected at most " + DEEPEST_INDEX + " indexes in one another");
            }
            chosen = ImageChoice.forPlatform(document(chosen, Documents.INDEX).manifests(), architecture());
        }
        return document(chosen, Documents.MANIFEST);
    }

    private static String architecture() {
        return Arch.HERE == Arch.X86_64 ? "amd64" : "arm64";
    }

    /** A blob with a JSON document, verified before it is parsed. */
    public <R> R document(Descriptor descriptor, RecordTable<R> table) {
        VerifiedStream stream = blob(descriptor, read -> { });
        try (stream) {
            byte[] json = stream.readNBytes(checkedLength(descriptor.size(), "blob " + descriptor.digest()));
            stream.verify();
            return table.read(json, 0, json.length);
        } catch (IOException e) {
            throw new ImageException("blob " + descriptor.digest() + ": " + e.getMessage());
        } catch (SpecException e) {
            throw new ImageException("blob " + descriptor.digest() + ": " + e.getMessage());
        } catch (ImageException e) {
            throw e.getMessage().startsWith("blob ") ? e : e.during("blob " + descriptor.digest());
        }
    }

    private <R> R document(String name, RecordTable<R> table) {
        LayoutFiles.Content content = files.open(name).orElseThrow(() -> new ImageException("expected a file " + name + " in it"));
        try (FileStream stream = content.stream()) {
            byte[] json = stream.readNBytes(checkedLength(content.size(), name));
            return table.read(json, 0, json.length);
        } catch (IOException | SpecException e) {
            throw new ImageException(name + ": " + e.getMessage());
        }
    }

    private static int checkedLength(long size, String name) {
        if (size > LARGEST_DOCUMENT) {
            throw new ImageException(name + ": expected a document of at most " + LARGEST_DOCUMENT + " bytes, found " + size);
        }
        return (int) size;
    }

    /**
     * A blob as a stream, whose size is right already and whose digest its {@code verify} compares.
     *
     * @param progress is told the bytes read so far
     * @throws ImageException when it is not in the layout, or of another size
     */
    public VerifiedStream blob(Descriptor descriptor, LongConsumer progress) {
        String name = "blobs/" + descriptor.digest().algorithm().text + "/" + descriptor.digest().hex();
        LayoutFiles.Content content = files.open(name)
                .orElseThrow(() -> new ImageException("blob " + descriptor.digest() + ": not in the layout"));
        if (content.size() != descriptor.size()) {
            content.stream().close();
            throw new ImageException("blob " + descriptor.digest() + ": expected " + descriptor.size() + " bytes, found " + content.size());
        }
        return new VerifiedStream(content.stream(), descriptor.digest(), progress);
    }

    @Override
    public void close() {
        files.close();
    }
}
