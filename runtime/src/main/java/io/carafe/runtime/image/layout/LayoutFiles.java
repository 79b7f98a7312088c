package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.FileStream;
import java.util.Optional;

/** Where a layout's files are. */
interface LayoutFiles extends AutoCloseable {

    /** A file's content. */
    record Content(FileStream stream, long size) {
    }

    /**
     * Opens a file by a name of the layout's own, never from outside: {@code index.json}, {@code blobs/sha256/…}.
     *
     * @return empty where there is no such file
     */
    Optional<Content> open(String name);

    /** Opens a file by a name that a document of the layout has: wherever it leads, it leads to a file of the layout. */
    Optional<Content> openInside(String name);

    @Override
    void close();
}
