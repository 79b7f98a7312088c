package io.carafe.runtime.cgroup;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a container's cgroups are, as a state file keeps it.
 *
 * @param byLabel a hierarchy ({@code cpu,cpuacct}, {@code name=systemd}, or {@code unified} for cgroup2) to the host's absolute path
 */
public record CgroupPaths(Map<String, String> byLabel) {

    /** The label of the unified tree. A v1 hierarchy of that name would be {@code name=unified}. */
    static final String UNIFIED = "unified";
    /** No cgroup, as an ordinary user's container may have. */
    public static final CgroupPaths NONE = new CgroupPaths(Map.of());

    public CgroupPaths {
        byLabel = Collections.unmodifiableMap(new LinkedHashMap<>(byLabel));
    }

    /** Reads what {@link #text} wrote. @throws IllegalArgumentException when a line is not of that form */
    public static CgroupPaths parse(String text) {
        Map<String, String> paths = new LinkedHashMap<>();
        for (int start = 0; start < text.length();) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            int blank = text.indexOf(' ', start);
            if (blank <= start || blank + 1 >= end || text.charAt(blank + 1) != '/') {
                throw new IllegalArgumentException(
                        "expected a hierarchy and an absolute path, found \"" + text.substring(start, end) + '"');
            }
            paths.put(text.substring(start, blank), text.substring(blank + 1, end));
            start = end + 1;
        }
        return new CgroupPaths(paths);
    }

    /** One line each: the label, a blank, the path. Neither a label nor a path that a plan takes holds a newline. */
    public String text() {
        StringBuilder text = new StringBuilder();
        byLabel.forEach((label, path) -> text.append(label).append(' ').append(path).append('\n'));
        return text.toString();
    }

    public boolean isEmpty() {
        return byLabel.isEmpty();
    }

    /** The directory in the unified tree. */
    public Optional<String> unified() {
        return Optional.ofNullable(byLabel.get(UNIFIED));
    }

    /** The directory of the v1 hierarchy that has a controller. */
    public Optional<String> v1With(String controller) {
        for (Map.Entry<String, String> path : byLabel.entrySet()) {
            if (("," + path.getKey() + ",").contains("," + controller + ",")) {
                return Optional.of(path.getValue());
            }
        }
        return Optional.empty();
    }

    /** The tree whose processes are the container's: the unified one where there is one, else the first. */
    Optional<String> processes() {
        return unified().isPresent() || isEmpty() ? unified() : Optional.of(byLabel.values().iterator().next());
    }
}
