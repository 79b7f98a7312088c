package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.spec.json.JsonReader;

/** A JSON document that the command line names: a file, or {@code -} for stdin. */
final class Document {

    private static final Fd STDIN = Fd.borrowed(0);

    private Document() {
    }

    static byte[] read(Linux linux, String path) {
        return read(linux, path, JsonReader.MAX_LENGTH);
    }

    /** @param longest in bytes. @throws KernelException EFBIG when it is longer */
    static byte[] read(Linux linux, String path, int longest) {
        if (path.equals("-")) {
            return linux.files.readAll(STDIN, longest);
        }
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            return linux.files.readAll(file, longest);
        }
    }
}
