package io.carafe.shim.stat;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BlkIOStat of v1: what the scheduler CFQ counts (before Linux 5.0), else what is counted for throttling. */
final class BlockIo {

    /** The fields 1 to 8, by the names of CFQ's files. */
    private static final List<String> OF_CFQ = List.of("io_service_bytes_recursive", "io_serviced_recursive", "io_queued_recursive",
            "io_service_time_recursive", "io_wait_time_recursive", "io_merged_recursive", "time_recursive", "sectors_recursive");
    /** The fields 1 and 2. With what the cgroup's children do where the kernel counts that (Linux 4.20). */
    private static final List<List<String>> OF_THROTTLING = List.of(List.of("throttle.io_service_bytes_recursive", "throttle.io_service_bytes"),
            List.of("throttle.io_serviced_recursive", "throttle.io_serviced"));
    /** Of a line of /proc/partitions (proc(5)): major, minor, size, name. */
    private static final int COLUMNS = 4;

    private BlockIo() {
    }

    /** /proc/partitions. */
    static String partitions(Linux linux) {
        return linux.files.readIfPresent(Fd.CWD, "/proc/partitions").orElse("");
    }

    static void write(ProtoWriter out, ControlFiles files, String partitions) {
        Map<String, String> names = names(partitions);
        boolean any = false;
        for (int i = 0; i < OF_CFQ.size(); i++) {
            any |= entries(out, i + 1, files.text("blkio." + OF_CFQ.get(i)), names);
        }
        for (int i = 0; !any && i < OF_THROTTLING.size(); i++) {
            String text = files.text("blkio." + OF_THROTTLING.get(i).get(0));
            entries(out, i + 1, text.isEmpty() ? files.text("blkio." + OF_THROTTLING.get(i).get(1)) : text, names);
        }
    }

    /** Of devices, by their numbers: {@code /dev/vda} of {@code 254:0}. The first one of a device counts. */
    private static Map<String, String> names(String partitions) {
        Map<String, String> names = new HashMap<>();
        for (String line : partitions.split("\n")) {
            List<String> words = ControlFiles.words(line);
            if (words.size() == COLUMNS) {
                names.putIfAbsent(words.get(0) + ":" + words.get(1), "/dev/" + words.get(COLUMNS - 1));
            }
        }
        return names;
    }

    /** {@code 8:0 Read 1024} a line, or {@code 8:0 1024}; the last one is a sum without a device. @return whether there was one of a device */
    private static boolean entries(ProtoWriter out, int number, String text, Map<String, String> names) {
        boolean any = false;
        for (String line : text.split("\n")) {
            List<String> words = ControlFiles.words(line);
            int colon = words.size() == 2 || words.size() == 3 ? words.get(0).indexOf(':') : -1;
            if (colon > 0) {
                any = true;
                out.message(number, entry -> {
                    entry.text(1, words.size() == 3 ? words.get(1) : "");
                    entry.text(2, names.getOrDefault(words.get(0), ""));
                    entry.integer(3, Long.parseLong(words.get(0).substring(0, colon)));
                    entry.integer(4, Long.parseLong(words.get(0).substring(colon + 1)));
                    entry.integer(5, Long.parseUnsignedLong(words.get(words.size() - 1)));
                });
            }
        }
        return any;
    }
}
