package io.carafe.shim.loop;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.AuxiliaryVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pages of the shim's executable that it has not written to: code, and the image heap but for what changed. A shim does nothing for
 * most of its life, and while it waits it needs none of them; the next event finds them in the page cache.
 */
public final class ExecutablePages {

    private static final int MOST_AUXV = 4096;
    /** Of an entry of pagemap: its page is there; it is the file's, and not a copy that was written to. */
    private static final long PRESENT = 1L << 63;
    private static final long OF_FILE = 1L << 61;

    private record Range(long start, long length, boolean writable) {
    }

    private final Linux linux;
    private final List<Range> ranges;
    private final Optional<Fd> pagemap;
    private final long pageSize;

    private ExecutablePages(Linux linux, List<Range> ranges, Optional<Fd> pagemap, long pageSize) {
        this.linux = linux;
        this.ranges = ranges;
        this.pagemap = pagemap;
        this.pageSize = pageSize;
    }

    /** By /proc/self/maps: {@code 00401000-007dd000 r-xp 00001000 fe:00 2146723 /usr/bin/…} a line. They stay where they are. */
    public static ExecutablePages of(Linux linux) {
        String self = " " + linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        List<Range> ranges = new ArrayList<>(4);
        for (String line : linux.files.readText(Fd.CWD, "/proc/self/maps").split("\n")) {
            int blank = line.indexOf(' ');
            if (line.endsWith(self) && line.charAt(blank + 1) == 'r') {
                int dash = line.indexOf('-');
                long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                ranges.add(new Range(start, Long.parseUnsignedLong(line.substring(dash + 1, blank), 16) - start,
                        line.charAt(blank + 2) == 'w'));
            }
        }
        try (Fd auxv = linux.files.open("/proc/self/auxv", O_RDONLY)) {
            return new ExecutablePages(linux, ranges, linux.files.openIfPresent(Fd.CWD, "/proc/self/pagemap", O_RDONLY),
                    AuxiliaryVector.pageSize(linux.files.readAll(auxv, MOST_AUXV)).orElseThrow());
        }
    }

    public void release() {
        for (Range range : ranges) {
            if (!range.writable()) {
                linux.processes.madvise(range.start(), range.length(), ProcessFlags.MADV_DONTNEED);
            } else if (pagemap.isPresent()) { // a kernel without CONFIG_PROC_PAGE_MONITOR has none
                releaseUnwritten(range, pagemap.get());
            }
        }
    }

    /**
     * By pagemap, 64 bits a page (proc(5)). A page that is written to after it was read would be lost, so nothing may be written for the
     * first time until the last madvise(2): there is one thread, nothing is allocated there, and all of it is done once before, in a
     * rehearsal that releases nothing.
     */
    private void releaseUnwritten(Range range, Fd map) {
        int pages = (int) (range.length() / pageSize);
        byte[] entries = new byte[pages * Long.BYTES];
        for (boolean rehearsal : new boolean[] {true, false}) {
            linux.files.seek(map, range.start() / pageSize * Long.BYTES);
            if (linux.files.read(map, entries, 0, entries.length) != entries.length) {
                return;
            }
            for (int page = 0; page < pages; page++) {
                int first = page;
                while (page < pages && isUnwritten(entries, page)) {
                    page++;
                }
                if (page > first) {
                    linux.processes.madvise(range.start() + first * pageSize, rehearsal ? 0 : (page - first) * pageSize,
                            ProcessFlags.MADV_DONTNEED);
                }
            }
        }
    }

    private static boolean isUnwritten(byte[] entries, int page) {
        // Its highest byte has both bits.
        long highest = (long) entries[page * Long.BYTES + Long.BYTES - 1] << Long.SIZE - Byte.SIZE;
        return (highest & (PRESENT | OF_FILE)) == (PRESENT | OF_FILE);
    }
}
