package io.carafe.benchmarks.host;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The host's cgroups as they were, to be restored: a runtime that fails may leave a cgroup, and every runtime enables controllers
 * at the root of a cgroup2 tree, which keeps them from being moved to a version 1 hierarchy.
 *
 * @param controllers what is enabled for the children of a root, by {@code cgroup.subtree_control}
 */
public record CgroupSnapshot(Map<Path, List<String>> controllers) {

    private static final Path ROOT = Path.of(CgroupLayout.ROOT);
    private static final int PATIENCE = 200;
    private static final long MOMENT_NANOS = 10_000_000;

    public static CgroupSnapshot now() throws IOException {
        Map<Path, List<String>> controllers = new LinkedHashMap<>();
        for (Path root : roots()) {
            Path control = root.resolve("cgroup.subtree_control");
            if (Files.exists(control)) {
                controllers.put(control, words(control));
            }
        }
        return new CgroupSnapshot(controllers);
    }

    /** Where a hierarchy may be mounted. */
    private static List<Path> roots() throws IOException {
        List<Path> roots = new ArrayList<>(List.of(ROOT));
        roots.addAll(directories(ROOT));
        return roots;
    }

    private static List<Path> directories(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).toList();
        }
    }

    private static List<String> words(Path file) throws IOException {
        String text = Files.readString(file).trim();
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** @param prefix with which the names of the containers began */
    public void restore(String prefix) throws IOException {
        for (Path cgroup : left(prefix)) {
            remove(cgroup);
        }
        for (Map.Entry<Path, List<String>> before : controllers.entrySet()) {
            if (!Files.exists(before.getKey())) { // of another's cgroup, which has ended
                continue;
            }
            for (String controller : words(before.getKey())) {
                if (!before.getValue().contains(controller)) {
                    Files.writeString(before.getKey(), "-" + controller);
                }
            }
        }
    }

    /** Some runtimes go below the cgroup that they are in themselves. Others' cgroups may vanish meanwhile. */
    private static List<Path> left(String prefix) throws IOException {
        List<Path> left = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!directory.getFileName().toString().startsWith(prefix)) {
                    return FileVisitResult.CONTINUE;
                }
                left.add(directory);
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return left;
    }

    /** rmdir(2) from below; the files in a cgroup go with it. */
    private static void remove(Path cgroup) throws IOException {
        try (Stream<Path> tree = Files.walk(cgroup)) {
            for (Path path : tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
                removeWhenEmpty(path);
            }
        }
    }

    /** The processes that were killed may take a moment to end. */
    private static void removeWhenEmpty(Path cgroup) throws IOException {
        for (int i = 1;; i++) {
            try {
                Files.deleteIfExists(cgroup);
                return;
            } catch (FileSystemException e) {
                if (i == PATIENCE) {
                    throw e;
                }
                LockSupport.parkNanos(MOMENT_NANOS);
            }
        }
    }
}
