package io.carafe.runtime.image.layout;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.FileStream;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Root;
import java.util.Optional;

/** A layout as a directory. */
final class LayoutFolder implements LayoutFiles {

    /** A FIFO would block without O_NONBLOCK. */
    private static final int FLAGS = O_RDONLY | O_NONBLOCK;

    private final Linux linux;
    private final Root dir;

    /** Owns the descriptor. */
    LayoutFolder(Linux linux, Fd dir) {
        this.linux = linux;
        this.dir = Root.of(linux, dir);
    }

    /** Links are followed wherever they lead, as the folder is its owner's, who may keep blobs elsewhere. */
    @Override
    public Optional<Content> open(String name) {
        return linux.files.openIfPresent(dir.directory(), name, FLAGS).map(opened -> content(name, opened));
    }

    @Override
    public Optional<Content> openInside(String name) {
        return dir.openIfPresent(ContainerPath.of(name), FLAGS).map(opened -> content(name, opened));
    }

    private Content content(String name, Fd opened) {
        try (Undo undo = new Undo()) {
            undo.onFailure(opened::close);
            FileStatus status = linux.files.fstat(opened);
            if (status.type() != S_IFREG) {
                throw new ImageException(name + ": expected a regular file");
            }
            undo.keep();
            return new Content(FileStream.of(linux.files, opened, 0, status.size()), status.size());
        }
    }

    @Override
    public void close() {
        dir.close();
    }
}
