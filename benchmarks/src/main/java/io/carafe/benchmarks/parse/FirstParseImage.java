package io.carafe.benchmarks.parse;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;

/**
 * The main class of an image that reads one config.json and compiles its seccomp profile, as a runtime does, and prints how long that took.
 *
 * <p>Prints three numbers: nanoseconds until the file was in memory, from then on until it was parsed, and until the profile was compiled.
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
        SeccompPlan.of(config.linux().orElseThrow().seccomp().orElseThrow(), Arch.HERE);
        System.out.println((read - started) + " " + (parsed - read) + " " + (System.nanoTime() - parsed));
    }
}
