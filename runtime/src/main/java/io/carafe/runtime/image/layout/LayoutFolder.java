package io.carafe.runtime.image.layout;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.call.file.Files;
import io.carafe.runtime.image.blob.FileStream;
import io.carafe.runtime.image.blob.ImageException;
import java.util.Optional;

/** A layout as a directory. */
final class LayoutFolder implements LayoutFiles {

    private final Files files;
    private final Fd dir;

    /** Owns the descriptor. */
    LayoutFolder(Files files, Fd dir) {
        this.files = files;
        this.dir = dir;
    }

    @Override
    public Optional<Content> open(String name) {
        Optional<Fd> opened = files.openIfPresent(dir, name, O_RDONLY | O_NONBLOCK); // a FIFO would block without O_NONBLOCK
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(opened.get()::close);
            FileStatus status = files.fstat(opened.get());
            if (status.type() != S_IFREG) {
                throw new ImageException(name + ": expected a regular file");
            }
            Content content = new Content(FileStream.of(files, opened.get(), 0, status.size()), status.size());
            undo.keep();
            return Optional.of(content);
        }
    }

    @Override
    public void close() {
        dir.close();
    }
}
