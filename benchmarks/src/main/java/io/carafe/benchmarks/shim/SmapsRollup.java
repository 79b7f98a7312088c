package io.carafe.benchmarks.shim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process's memory as the kernel adds it up, /proc/PID/smaps_rollup (proc(5)), in KiB.
 *
 * @param pssKibibytes what it has alone, and its share of what it has with others
 * @param ownKibibytes Private_Clean and Private_Dirty: what would be free if it ended
 */
public record SmapsRollup(long pssKibibytes, long ownKibibytes) {

    public static SmapsRollup of(int pid) {
        try {
            String text = Files.readString(Path.of("/proc", Integer.toString(pid), "smaps_rollup"));
            return new SmapsRollup(kibibytes(text, "Pss:"), kibibytes(text, "Private_Clean:") + kibibytes(text, "Private_Dirty:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kibibytes(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
