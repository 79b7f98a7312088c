package io.carafe.runtime.image.layout;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.call.file.Files;
import io.carafe.runtime.image.blob.FileStream;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.VerifiedStream;
import io.carafe.runtime.image.layout.StoredImage.Form;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.RecordTable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** An open layout: that of the image specification, or one of docker's. */
public final class Layout implements AutoCloseable {

    /** Of a JSON document in bytes: what registries take. */
    private static final int LARGEST_DOCUMENT = 4 << 20;
    private static final int DEEPEST_INDEX = 4;
    private static final int COMPRESSED_START = 4;
    private static final int GZIP = 0x1f8b;
    private static final int ZSTD = 0x28b5;
    private static final int XZ = 0xfd37;
    private static final int BZIP2 = 0x425a;
    private static final String INDEX = "index.json";
    private static final String MARKER = "oci-layout";

    private final LayoutFiles files;

    private Layout(LayoutFiles files) {
        this.files = files;
    }

    /**
     * Opens a layout.
     *
     * @param path of a directory, or of a tar that is not compressed; what it is shows in its files
     * @throws KernelException when it cannot be opened
     * @throws ImageException when it is no layout, or of a version that is not 1
     */
    public static Layout open(Linux linux, String path) {
        Files files = linux.files;
        try (Undo undo = new Undo()) {
            Fd fd = undo.onFailure(files.open(path, O_RDONLY | O_NONBLOCK), Fd::close);
            FileStatus status = files.fstat(fd);
            if (!status.isDirectory() && status.type() != S_IFREG) {
                throw new ImageException(path + ": expected a directory or a tar");
            }
            if (!status.isDirectory()) {
                refuseCompressed(files, fd, path);
            }
            Layout layout = new Layout(status.isDirectory() ? new LayoutFolder(linux, fd) :
                     LayoutTar.of(files, fd, status.size()));
            layout.checkMarker();
            undo.keep();
            return layout;
        } catch (ImageException e) {
            throw e.during("image " + path);
        } catch (KernelException e) {
            throw e.hint(Errno.ENOENT, "an image is a directory or a tar, an OCI image layout or what docker save writes");
        }
    }

    /** Files of a tar are read from their places, some of them twice, and what is compressed has no places. */
    private static void refuseCompressed(Files files, Fd fd, String path) {
        byte[] start = new byte[COMPRESSED_START];
        files.read(fd, start, 0, start.length);
        files.seek(fd, 0);
        int word = (start[0] & 0xff) << 8 | start[1] & 0xff;
        if (word == GZIP || word == ZSTD || word == XZ || word == BZIP2) {
            throw new ImageException(path + ": expected a tar as it is, found a compressed one; unpack it with gunzip(1), unzstd(1), unxz(1) or bunzip2(1)");
        }
    }

    private void checkMarker() {
        if (!has(MARKER)) {
            if (has(DockerArchive.MANIFEST) || has(DockerArchive.REPOSITORIES)) {
                return;
            }
            throw new ImageException("expected a file " + MARKER + " in it, or, of docker save, " + DockerArchive.MANIFEST);
        }
        String version = document(MARKER, Documents.MARKER::read).imageLayoutVersion();
        if (!version.startsWith("1.")) {
            throw new ImageException(MARKER + ": expected an imageLayoutVersion of 1, found " + version);
        }
    }

    /**
     * Finds an image: by its tag, or the only one; where an index has it for several platforms, the one for this machine.
     *
     * @param tag annotation org.opencontainers.image.ref.name or io.containerd.image.name, or a name of docker's; also short forms of it
     * @throws ImageException when there is none, or more than one
     */
    public StoredImage image(Optional<String> tag) {
        if (!has(MARKER)) {
            return new DockerArchive(this).image(tag);
        }
        Descriptor chosen = ImageChoice.tagged(document(INDEX, Documents.INDEX::read).manifests(), tag, architecture());
        for (int depth = 0; chosen.isIndex(); depth++) {
            if (depth == DEEPEST_INDEX) {
                throw new ImageException("expected at most " + DEEPEST_INDEX + " indexes in one another");
            }
            chosen = ImageChoice.forPlatform(document(blob(chosen), Documents.INDEX).manifests(), architecture());
        }
        Documents.Manifest manifest = document(blob(chosen), Documents.MANIFEST);
        return new StoredImage(Form.WITH_DIFF_IDS, blob(manifest.config()), manifest.layers().stream().map(Layout::blob).toList());
    }

    private static Blob blob(Descriptor descriptor) {
        return Blob.of(descriptor, "blobs/" + descriptor.digest().algorithm().text + "/" + descriptor.digest().hex());
    }

    boolean has(String name) {
        Optional<LayoutFiles.Content> content = files.open(name);
        content.ifPresent(found -> found.stream().close());
        return content.isPresent();
    }

    /** A file that a document names. */
    Blob file(String name) {
        LayoutFiles.Content content = files.openInside(name).orElseThrow(() -> new ImageException(name + ": not in the layout"));
        content.stream().close();
        return new Blob(name, Optional.empty(), content.size(), Optional.empty());
    }

    private static String architecture() {
        return Arch.HERE == Arch.X86_64 ? "amd64" : "arm64";
    }

    /** A blob with a JSON document, verified before it is parsed. */
    public <R> R document(Blob blob, RecordTable<R> table) {
        String shown = "blob " + blob.shown();
        try (VerifiedStream stream = open(blob, read -> { })) {
            byte[] json = stream.readNBytes(checkedLength(blob.size(), shown));
            stream.verify();
            return table.read(json, 0, json.length);
        } catch (IOException | SpecException e) {
            throw new ImageException(shown + ": " + e.getMessage());
        } catch (ImageException e) {
            throw e.getMessage().startsWith("blob ") ? e : e.during(shown);
        }
    }

    /** A document that the layout has by a name of its own. */
    <R> R document(String name, Function<JsonReader, R> reader) {
        LayoutFiles.Content content = files.open(name).orElseThrow(() -> new ImageException("expected a file " + name + " in it"));
        try (FileStream stream = content.stream()) {
            byte[] json = stream.readNBytes(checkedLength(content.size(), name));
            return JsonDocument.read(json, 0, json.length, reader);
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
    public VerifiedStream open(Blob blob, LongConsumer progress) {
        LayoutFiles.Content content = (blob.digest().isPresent() ? files.open(blob.name()) : files.openInside(blob.name()))
                .orElseThrow(() -> new ImageException("blob " + blob.shown() + ": not in the layout"));
        if (content.size() != blob.size()) {
            content.stream().close();
            throw new ImageException("blob " + blob.shown() + ": expected " + blob.size() + " bytes, found " + content.size());
        }
        return new VerifiedStream(content.stream(), blob.digest(), progress);
    }

    /** How a blob begins. @return fewer bytes where there are no more */
    public byte[] start(Blob blob, int length) {
        try (VerifiedStream stream = open(blob, read -> { })) {
            return stream.readNBytes(length);
        } catch (IOException e) {
            throw new ImageException("blob " + blob.shown() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
