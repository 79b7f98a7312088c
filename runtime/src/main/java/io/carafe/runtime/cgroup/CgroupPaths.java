package io.carafe.runtime.cgroup;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * Cgroups below these, as {@code exec --cgroup [CONTROLLERS:]PATH} names them.
     *
     * @param words one path for all hierarchies, or for each a controller or several with commas; none leaves these
     * @throws IllegalArgumentException for a path that would lead out, a controller that has no hierarchy here, or one named twice
     */
    public CgroupPaths below(List<String> words) {
        Map<String, String> paths = new LinkedHashMap<>(byLabel);
        for (String word : words) {
            int colon = word.indexOf(':');
            String path = inside(word.substring(colon + 1), word);
            if (colon < 0 && words.size() > 1) {
                throw wrong(word, "expected CONTROLLER:PATH where there is more than one");
            }
            if (colon < 0) {
                paths.replaceAll((label, directory) -> directory + path);
            } else {
                for (String controller : word.substring(0, colon).split(",", -1)) {
                    String label = label(controller).orElseThrow(() -> wrong(word, "the container has no cgroup of controller "
                            + controller));
                    String whole = byLabel.get(label) + path;
                    if (!paths.get(label).equals(byLabel.get(label)) && !paths.get(label).equals(whole)) {
                        throw wrong(word, "the hierarchy of " + controller + " has another path already");
                    }
                    paths.put(label, whole);
                }
            }
        }
        return new CgroupPaths(paths);
    }

    /** A leading slash is the container's own cgroup. Escapes of crun before 1.28 are refused, even those that would come back. */
    private static String inside(String path, String word) {
        StringBuilder inside = new StringBuilder();
        for (String name : path.split("/")) {
            if (name.equals("..") || name.indexOf('\n') >= 0) {
                throw wrong(word, "expected a cgroup below the container's");
            }
            if (!name.isEmpty() && !name.equals(".")) {
                inside.append('/').append(name);
            }
        }
        return inside.toString();
    }

    private Optional<String> label(String controller) {
        for (String label : byLabel.keySet()) {
            if (!controller.isEmpty() && ("," + label + ",").contains("," + controller + ",")) {
                return Optional.of(label);
            }
        }
        return Optional.empty();
    }

    private static IllegalArgumentException wrong(String word, String why) {
        return new IllegalArgumentException("--cgroup " + word + ": " + why);
    }

    /** Whether a path is one of a cgroup in a hierarchy that is mounted in its customary place, /sys/fs/cgroup/HIERARCHY. */
    static boolean isBelowHierarchy(String path) {
        String[] names = path.split("/", -1);
        for (int i = 1; i < names.length; i++) {
            if (names[i].isEmpty() || names[i].equals(".") || names[i].equals("..")) {
                return false;
            }
        }
        final int hierarchy = "/sys/fs/cgroup/HIERARCHY".split("/").length;
        return path.startsWith("/sys/fs/cgroup/") && names.length > hierarchy;
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
