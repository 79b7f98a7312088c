package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After a class of tests the host has the mounts, cgroups, containers' processes and device owners that it had before. Of cgroups and
 * processes those count whose names this run of the tests gave: others may test beside it.
 */
public final class HostUnchanged implements BeforeAllCallback, AfterAllCallback {

    private static final String OURS = "carafe-test-" + ProcessHandle.current().pid() + "-";

    private record Snapshot(List<String> mounts, Set<String> cgroups, Set<String> processes, String devNull) {

        static Snapshot take() {
            try {
                return new Snapshot(Files.readAllLines(Path.of("/proc/self/mountinfo")).stream().map(line -> line.split(" ")[4]).toList(),
                        findCgroups(), findProcesses(), Files.getAttribute(Path.of("/dev/null"), "unix:uid") + " "
                        + Files.getAttribute(Path.of("/dev/null"), "unix:mode"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private static Set<String> findCgroups() throws IOException {
            Set<String> found = new TreeSet<>();
            Files.walkFileTree(Path.of("/sys/fs/cgroup"), Set.of(), 8, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    if (directory.getFileName().toString().contains(OURS)) {
                        found.add(directory.toString());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
            return found;
        }

        /** Inits that wait, and programs in containers: all that runs below another root or as carafe itself. */
        private static Set<String> findProcesses() throws IOException {
            Set<String> found = new TreeSet<>();
            List<Path> candidates = new ArrayList<>();
            try (Stream<Path> proc = Files.list(Path.of("/proc"))) {
                proc.filter(path -> path.getFileName().toString().chars().allMatch(Character::isDigit)).forEach(candidates::add);
            }
            for (Path process : candidates) {
                try {
                    String cgroup = Files.readString(process.resolve("cgroup"));
                    if (Files.readString(process.resolve("stat")).contains(") Z ")) {
                        continue; // it has ended; whoever adopted it has not looked yet
                    }
                    String command = Files.readString(process.resolve("cmdline")).replace('\0', ' ');
                    if (command.isEmpty()) {
                        continue; // it is ending: an init is there until what joined it has been looked at, too (pid_namespaces(7))
                    }
                    if (cgroup.contains(OURS) || command.contains(OURS)) {
                        found.add(process.getFileName() + " " + command);
                    }
                } catch (IOException gone) {
                    continue;
                }
            }
            return found;
        }
    }

    private Snapshot before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = Snapshot.take();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Snapshot after = Snapshot.take();
        assertEquals(before.mounts(), after.mounts(), "mounts of the host");
        assertEquals(before.cgroups(), after.cgroups(), "cgroups of the host");
        assertEquals(before.processes(), after.processes(), "processes of containers");
        assertEquals(before.devNull(), after.devNull(), "owner and mode of /dev/null");
    }
}
