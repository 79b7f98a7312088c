package io.carafe.conformance.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A cgroup hierarchy that is mounted on this host, and the cgroup in it that we are in.
 *
 * @param name of its directory below /sys/fs/cgroup; empty for cgroup2 mounted there itself
 * @param options what mounts it again; empty for cgroup2
 * @param own our own cgroup, as a directory of this host
 */
record Hierarchy(String name, boolean unified, String options, Path own) {

    private static final Set<String> NO_CONTROLLERS = Set.of("rw", "ro", "xattr", "clone_children", "seclabel", "noprefix");
    private static final Path PLACE = Path.of("/sys/fs/cgroup");

    /** Those of this host in which we may make cgroups. */
    static List<Hierarchy> ofThisHost() {
        List<Hierarchy> found = new ArrayList<>();
        List<String> memberships = lines(Path.of("/proc/self/cgroup"));
        for (String line : lines(Path.of("/proc/self/mountinfo"))) {
            String[] sides = line.split(" - ", 2);
            String[] before = sides[0].split(" ");
            String[] after = sides[1].split(" ");
            Path mountPoint = Path.of(before[4]);
            if (!after[0].startsWith("cgroup") || !mountPoint.startsWith(PLACE)) {
                continue;
            }
            boolean unified = after[0].equals("cgroup2");
            List<String> controllers = new ArrayList<>(List.of(after[2].split(",")));
            controllers.removeAll(NO_CONTROLLERS);
            String membership = unified ? "" : String.join(",", controllers);
            String path = memberships.stream().map(entry -> entry.split(":", 3)).filter(entry -> unified
                    ? entry[0].equals("0") : entry[1].equals(membership)).map(entry -> entry[2]).findFirst().orElse("/");
            Path root = Path.of(before[3]);
            Path own = Path.of(path).startsWith(root) ? mountPoint.resolve(root.relativize(Path.of(path))) : mountPoint;
            if (Files.isWritable(own)) {
                String options = unified ? "" : membership.startsWith("name=") ? "none," + membership : membership;
                String name = PLACE.relativize(mountPoint).toString();
                // What is mounted later at the same place covers what was there.
                found.removeIf(covered -> covered.name().equals(name));
                found.add(new Hierarchy(name, unified, options, own));
            }
        }
        return found;
    }

    /** Makes a cgroup below our own, ready to be joined. */
    Path make(String run, String sandbox) throws IOException {
        Path parent = own.resolve(run);
        Path directory = parent.resolve(sandbox);
        if (unified && !Files.exists(parent)) {
            Files.createDirectory(parent);
            handDown(own);
            handDown(parent);
        }
        for (Path made : List.of(parent, directory)) {
            if (!Files.exists(made)) {
                Files.createDirectory(made);
                for (String inherited : List.of("cpuset.cpus", "cpuset.mems")) {
                    if (!unified && Files.exists(made.resolve(inherited))) {
                        Files.write(made.resolve(inherited), Files.readAllBytes(made.getParent().resolve(inherited)));
                    }
                }
            }
        }
        return directory;
    }

    /** Gives what is below the controllers that are here, as a runtime would; one with processes of its own may not (cgroups(7)). */
    private static void handDown(Path directory) throws IOException {
        for (String controller : Files.readString(directory.resolve("cgroup.controllers")).strip().split(" ")) {
            try {
                Files.writeString(directory.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException refused) {
                continue;
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
