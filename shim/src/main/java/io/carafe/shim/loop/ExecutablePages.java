package io.carafe.shim.loop;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * The pages of the shim's executable that nobody writes to: code, and the constant part of the image heap. A shim does nothing for
 * most of its life, and while it waits it needs none of them; the next event finds them in the page cache.
 */
public final class ExecutablePages {

    private record Range(long start, long length) {
    }

    private final Linux linux;
    private final List<Range> ranges;

    private ExecutablePages(Linux linux, List<Range> ranges) {
        this.linux = linux;
        this.ranges = ranges;
    }

    /** By /proc/self/maps: {@code 00401000-007dd000 r-xp 00001000 fe:00 2146723 /usr/bin/…} a line. They stay where they are. */
    public static ExecutablePages of(Linux linux) {
        String self = " " + linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        List<Range> ranges = new ArrayList<>(3);
        for (String line : linux.files.readText(Fd.CWD, "/proc/self/maps").split("\n")) {
            int blank = line.indexOf(' ');
            if (line.endsWith(self) && line.charAt(blank + 1) == 'r' && line.charAt(blank + 2) == '-') {
                int dash = line.indexOf('-');
                long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                ranges.add(new Range(start, Long.parseUnsignedLong(line.substring(dash + 1, blank), 16) - start));
            }
        }
        return new ExecutablePages(linux, ranges);
    }

    public void release() {
        for (Range range : ranges) {
            linux.processes.madvise(range.start(), range.length(), ProcessFlags.MADV_DONTNEED);
        }
    }
}
