package io.carafe.conformance.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the commands of one sandbox have written: {@code commands/NUMBER.out} and {@code .err}. */
final class CommandOutput {

    /** No test's command writes as much. A runtime that writes more would fill the disk before the time of its test is over. */
    static final long MOST_BYTES = 64L << 20;

    private final Path directory;

    CommandOutput(Path directory) {
        this.directory = directory;
    }

    String out(int number) {
        return new String(read(number, ".out"), StandardCharsets.UTF_8);
    }

    String err(int number) {
        return new String(read(number, ".err"), StandardCharsets.UTF_8);
    }

    byte[] bytes(int number) {
        return read(number, ".out");
    }

    /** @return whether one of the commands 1 to {@code last} has written more than {@link #MOST_BYTES} */
    boolean isEndless(int last) {
        for (int number = 1; number <= last; number++) {
            if (size(number, ".out") > MOST_BYTES || size(number, ".err") > MOST_BYTES) {
                return true;
            }
        }
        return false;
    }

    private long size(int number, String stream) {
        try {
            return Files.size(directory.resolve(number + stream));
        } catch (IOException absent) {
            return 0;
        }
    }

    /** Empty where there is no file: the command could not be started. */
    private byte[] read(int number, String stream) {
        try (InputStream file = Files.newInputStream(directory.resolve(number + stream))) {
            return file.readNBytes((int) MOST_BYTES);
        } catch (IOException absent) {
            return new byte[0];
        }
    }
}
