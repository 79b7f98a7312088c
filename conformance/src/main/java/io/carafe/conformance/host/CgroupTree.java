package io.carafe.conformance.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jnr.constants.platform.Signal;

/** The cgroups of one sandbox, in all hierarchies, and how they are ended. */
final class CgroupTree {

    private static final long PATIENCE_MILLIS = 60_000;

    private final List<Path> roots;

    CgroupTree(List<Path> roots) {
        this.roots = roots;
    }

    /** Thaws what is frozen: on v1 a frozen process cannot be killed. */
    void thaw() {
        for (Path directory : all()) {
            write(directory.resolve("freezer.state"), "THAWED");
            write(directory.resolve("cgroup.freeze"), "0");
        }
    }

    void kill() {
        for (Path directory : all()) {
            for (String pid : processes(directory)) {
                write(directory.resolve("cgroup.kill"), "1");
                if (!pid.equals("0")) {
                    Host.posix().kill(Integer.parseInt(pid), Signal.SIGKILL.intValue());
                }
            }
        }
    }

    /** Removes them, waiting for processes that are about to end. @return what is still there, with its processes */
    List<String> remove() {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (true) {
            removeEmpty();
            List<Path> left = all();
            if (left.isEmpty() || System.currentTimeMillis() > end) {
                return left.stream().map(directory -> "cgroup " + directory + " with processes " + processes(directory)).toList();
            }
            kill();
            pause();
        }
    }

    /** Removes those without processes. */
    void removeEmpty() {
        for (Path directory : all()) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException busy) {
                continue;
            }
        }
    }

    private List<Path> all() {
        List<Path> directories = new ArrayList<>();
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> tree = Files.walk(root)) {
                    tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).forEach(directories::add);
                } catch (IOException | java.io.UncheckedIOException gone) {
                    continue;
                }
            }
        }
        return directories;
    }

    private static List<String> processes(Path directory) {
        try {
            return Files.readAllLines(directory.resolve("cgroup.procs"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static void write(Path file, String text) {
        try {
            if (Files.exists(file)) {
                Files.writeString(file, text);
            }
        } catch (IOException refused) {
            return;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
