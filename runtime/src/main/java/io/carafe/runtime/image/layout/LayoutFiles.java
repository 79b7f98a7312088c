package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.FileStream;
import java.util.Optional;

/** Where a layout's files are. Names are relative, and never from outside: {@code index.json}, {@code blobs/sha256/…}. */
interface LayoutFiles extends AutoCloseable {

    /** A file's content. */
    record Content(FileStream stream, long size) {
    }

    /** @return empty where there is no such file */
    Optional<Content> open(String name);

    @Override
    void close();
}
