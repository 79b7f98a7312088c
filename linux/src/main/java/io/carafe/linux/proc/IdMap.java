package io.carafe.linux.proc;

import java.util.List;

/**
 * One line of /proc/PID/uid_map or gid_map (user_namespaces(7)): a range of ids.
 *
 * @param inside the first id in the process's user namespace
 * @param outside the first id in the reader's namespace; in its parent if the reader is in the process's own
 */
public record IdMap(long inside, long outside, long count) {

    /** @throws ProcTextException for a line of another form */
    public static List<IdMap> parse(String text) {
        return Lines.of("/proc/PID/uid_map or gid_map", text, line -> {
            List<String> fields = Fields.of(line);
            return new IdMap(Long.parseLong(fields.get(0)), Long.parseLong(fields.get(1)), Long.parseLong(fields.get(2)));
        });
    }
}
