package io.carafe.linux.proc;

import java.util.List;

/**
 * One line of /proc/PID/cgroup (cgroups(7)): {@code hierarchy:controllers:path}, with hierarchy 0 and no controllers for cgroup2.
 */
public record ProcessCgroup(int hierarchy, List<String> controllers, String path) {

    /** @throws ProcTextException for a line of another form */
    public static List<ProcessCgroup> parse(String text) {
        return Lines.of("/proc/PID/cgroup", text, line -> {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            String controllers = line.substring(first + 1, second);
            return new ProcessCgroup(Integer.parseInt(line.substring(0, first)),
                    controllers.isEmpty() ? List.of() : List.of(controllers.split(",")), line.substring(second + 1));
        });
    }
}
