package io.carafe.benchmarks.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much of the processors' time others have: what /proc/stat counts as used, without what this process and all that it awaited used. The load
 * average cannot tell it, as the benchmarks are a load themselves.
 */
public record OtherWork(long totalTicks, long usedTicks, long ownTicks) {

    /** From here on a page says so in its first line: in per cent. */
    public static final int BUSY_PERCENT = 5;

    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;
    /** utime, stime, cutime, cstime behind the name, from field 3 on (proc(5)). */
    private static final int UTIME = 14 - 3;
    private static final int CSTIME = 17 - 3;
    private static final int PERCENT = 100;

    public static OtherWork now() throws IOException {
        String[] stat = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        long total = 0;
        for (int i = USER; i <= STEAL; i++) {
            total += Long.parseLong(stat[i]);
        }
        long used = 0;
        for (int field : List.of(USER, NICE, SYSTEM, STEAL)) {
            used += Long.parseLong(stat[field]);
        }
        String self = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = self.substring(self.lastIndexOf(')') + 2).split(" ");
        long own = 0;
        for (int i = UTIME; i <= CSTIME; i++) {
            own += Long.parseLong(fields[i]);
        }
        return new OtherWork(total, used, own);
    }

    /** @return from then until now, 0 to 100 */
    public int percentUntil(OtherWork later) {
        long total = Math.max(1, later.totalTicks - totalTicks);
        long others = later.usedTicks - usedTicks - (later.ownTicks - ownTicks);
        return (int) Math.max(0, Math.min(PERCENT, PERCENT * others / total));
    }
}
