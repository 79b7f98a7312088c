package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a call could leave on its host: looked at before, and again when it has ended.
 *
 * <p>All calls are made in one mount namespace that lasts, so that a mount which is left is seen.
 */
final class Remains implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 180_000;

    private final Path directory;
    private final Bundle bundle;
    private final Process holder;
    private final String[] entering;
    private final Carafe carafe;
    private final List<String> mounts;
    private final List<String> files;

    private Remains(Path directory, Bundle bundle, Process holder) throws IOException {
        this.directory = directory;
        this.bundle = bundle;
        this.holder = holder;
        this.entering = new String[] {"nsenter", "--mount=/proc/" + holder.pid() + "/ns/mnt"};
        this.carafe = Carafe.in(root()).behind(entering);
        this.mounts = mounts();
        this.files = files();
    }

    /** @param directory of the test, where the state directories are; the bundle is in it, and complete */
    static Remains of(Path directory, Bundle bundle) throws Exception {
        Process holder = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sleep", "100000").start();
        while (!Files.readString(Path.of("/proc/" + holder.pid() + "/cmdline")).startsWith("sleep")) {
            Thread.sleep(1);
        }
        return new Remains(directory, bundle, holder);
    }

    Path directory() {
        return directory;
    }

    private Path root() {
        return directory.resolve("root");
    }

    /** The shipped binary. */
    Carafe carafe() {
        return carafe;
    }

    /** The one whose door can fail. */
    Carafe faulty(String fault, Path calls) {
        return Carafe.faulty(root(), fault, calls).behind(entering);
    }

    /** No container, and nothing of one. */
    void none() throws Exception {
        assertEquals(List.of(), states(), "state directories");
        assertEquals(List.of(), cgroups(), "cgroups");
        assertEquals(List.of(), processes(0), "processes");
        nothingElse();
    }

    /** The container as it was: its init runs, and nothing else of it. */
    void running() throws Exception {
        assertEquals(List.of(bundle.id()), states(), "state directories");
        List<String> left = processes(1);
        assertEquals(1, left.size(), () -> "processes: " + left);
        nothingElse();
    }

    /** Mounts of the host, and files beside the container's own. */
    void nothingElse() throws IOException {
        // One that was there goes when its place is removed, in whatever mount namespace that is (rmdir(2) of a mount point).
        List<String> more = new ArrayList<>(mounts());
        more.removeAll(mounts);
        assertEquals(List.of(), more, "mounts");
        assertEquals(files, files(), "files of the bundle");
    }

    /** The caller's files, which a container that is deleted leaves; who is killed may leave one that has not got its name yet. */
    void removePidFiles() throws IOException {
        for (String name : files()) {
            if (name.matches("\\.?pid(\\.\\d+)?")) {
                Files.delete(bundle.path().resolve(name));
            }
        }
    }

    /** Makes an end of whatever there is, so that the next one starts afresh. */
    void clear() throws Exception {
        carafe.call("delete", "--force", bundle.id());
        for (String process : findProcesses()) {
            ProcessHandle.of(Long.parseLong(process.split(" ")[0])).ifPresent(ProcessHandle::destroyForcibly);
        }
        processes(0);
        for (Path cgroup : cgroups()) {
            Files.deleteIfExists(cgroup);
        }
        for (String name : files()) {
            if (!files.contains(name)) {
                Files.deleteIfExists(bundle.path().resolve(name));
            }
        }
    }

    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + holder.pid() + "/mountinfo"));
    }

    private List<String> files() throws IOException {
        return names(bundle.path());
    }

    List<String> states() throws IOException {
        return Files.exists(root()) ? names(root()) : List.of();
    }

    /** The container's init has ended. */
    void awaitStopped() throws Exception {
        assertEquals(List.of(), processes(0), "processes");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<Path> cgroups() throws IOException {
        List<Path> trees = new ArrayList<>(List.of(Path.of("/sys/fs/cgroup")));
        try (Stream<Path> hierarchies = Files.list(trees.get(0))) {
            hierarchies.forEach(trees::add);
        }
        return trees.stream().map(tree -> tree.resolve(bundle.id())).filter(Files::exists).toList();
    }

    /** Of the container, and of carafe for it. What is killed with its parent takes a moment. @param expected how many are waited for */
    private List<String> processes(int expected) throws Exception {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        List<String> found = findProcesses();
        while (found.size() > expected && System.currentTimeMillis() < deadline) {
            Thread.sleep(5);
            found = findProcesses();
        }
        return found;
    }

    private List<String> findProcesses() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        for (String pid : names(Path.of("/proc"))) {
            Path process = Path.of("/proc", pid);
            if (!Character.isDigit(pid.charAt(0)) || pid.equals(Long.toString(holder.pid()))) {
                continue;
            }
            try {
                String command = Files.readString(process.resolve("cmdline"));
                boolean isOurs = command.contains(bundle.id()) || Files.readString(process.resolve("cgroup")).contains(bundle.id());
                if (isOurs && !Files.readString(process.resolve("stat")).contains(") Z ")) {
                    found.add(pid + " " + command.replace('\0', ' '));
                }
            } catch (NoSuchFileException gone) {
                continue;
            } catch (IOException gone) { // ESRCH of a read
                continue;
            }
        }
        return List.copyOf(found);
    }

    @Override
    public void close() throws Exception {
        clear();
        holder.destroyForcibly().waitFor();
    }
}
