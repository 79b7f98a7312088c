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
        if (path.equals("-")) {
            return linux.files.readAll(STDIN, JsonReader.MAX_LENGTH);
        }
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            return linux.files.readAll(file, JsonReader.MAX_LENGTH);
        }
    }
}
