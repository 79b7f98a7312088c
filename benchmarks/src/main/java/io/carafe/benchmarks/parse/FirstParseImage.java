package io.carafe.benchmarks.parse;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;

/**
 * The main class of an image that reads one config.json, as a runtime does, and prints how long that took.
 *
 * <p>Prints two numbers: nanoseconds until the file was in memory, and nanoseconds from then on until it was parsed.
 */
public final class FirstParseImage {

    private static final int LONGEST = 16 * 1024 * 1024;

    private FirstParseImage() {
    }

    public static void main(String[] args) {
        Linux linux = Linux.over(Door.open());
        long started = System.nanoTime();
        byte[] json;
        try (Fd file = linux.files.open(args[0], FileFlags.O_RDONLY)) {
            json = linux.files.readAll(file, LONGEST);
        }
        long read = System.nanoTime();
        Config config = ConfigJson.read(json);
        long parsed = System.nanoTime();
        // Asked, so that no compiler may think that nobody wants to know.
        if (config.linux().isEmpty()) {
            throw new IllegalArgumentException(args[0] + ": no section linux");
        }
        System.out.println((read - started) + " " + (parsed - read));
    }
}
