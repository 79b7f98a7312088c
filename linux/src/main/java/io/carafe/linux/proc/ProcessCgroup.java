package io.carafe.linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of /proc/PID/cgroup (cgroups(7)): {@code hierarchy:controllers:path}, with hierarchy 0 and no controllers for cgroup2.
 */
public record ProcessCgroup(int hierarchy, List<String> controllers, String path) {

    public static List<ProcessCgroup> parse(String text) {
        List<ProcessCgroup> cgroups = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            int first = text.indexOf(':', start);
            int second = text.indexOf(':', first + 1);
            String controllers = text.substring(first + 1, second);
            cgroups.add(new ProcessCgroup(Integer.parseInt(text.substring(start, first)),
                    controllers.isEmpty() ? List.of() : List.of(controllers.split(",")), text.substring(second + 1, end)));
            start = end + 1;
        }
        return cgroups;
    }
}
