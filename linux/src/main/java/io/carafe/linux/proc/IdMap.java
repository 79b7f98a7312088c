package io.carafe.linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of /proc/PID/uid_map or gid_map (user_namespaces(7)): a range of ids.
 *
 * @param inside the first id in the process's user namespace
 * @param outside the first id in the namespace of who reads the file; in the one above where that is the process's own
 */
public record IdMap(long inside, long outside, long count) {

    public static List<IdMap> parse(String text) {
        List<IdMap> maps = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            List<String> fields = Fields.of(text.substring(start, end));
            maps.add(new IdMap(Long.parseLong(fields.get(0)), Long.parseLong(fields.get(1)), Long.parseLong(fields.get(2))));
            start = end + 1;
        }
        return maps;
    }
}
