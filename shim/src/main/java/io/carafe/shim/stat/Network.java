package io.carafe.shim.stat;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.List;

/** NetworkStat, which is the same in both messages: an interface of the container's network namespace each. */
final class Network {

    /** Of a line of /proc/PID/net/dev behind the name (proc(5)): the columns of bytes, packets, errs and drop, received and sent. */
    private static final List<Integer> COLUMNS = List.of(0, 1, 2, 3, 8, 9, 10, 11);
    private static final int ALL_COLUMNS = 16;
    private static final int FIRST = 2;

    private Network() {
    }

    /** What of a container: none where it has the shim's own network, which counts for others. */
    static String text(Linux linux, int pid) {
        try {
            return namespace(linux, Integer.toString(pid)).equals(namespace(linux, "self")) ? ""
                    : linux.files.readIfPresent(Fd.CWD, "/proc/" + pid + "/net/dev").orElse("");
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH) && !e.is(Errno.EINVAL)) { // it ends just now
                throw e;
            }
            return "";
        }
    }

    private static String namespace(Linux linux, String process) {
        return linux.paths.readlinkat(Fd.CWD, "/proc/" + process + "/ns/net");
    }

    static void write(ProtoWriter out, int number, String text) {
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            List<String> columns = colon < 0 ? List.of() : ControlFiles.words(line.substring(colon + 1));
            if (columns.size() >= ALL_COLUMNS) {
                out.message(number, device -> {
                    device.text(1, line.substring(0, colon).strip());
                    for (int i = 0; i < COLUMNS.size(); i++) {
                        device.integer(FIRST + i, Long.parseUnsignedLong(columns.get(COLUMNS.get(i))));
                    }
                });
            }
        }
    }
}
