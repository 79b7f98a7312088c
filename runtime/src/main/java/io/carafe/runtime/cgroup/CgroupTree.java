package io.carafe.runtime.cgroup;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.CGROUP2_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.CGROUP_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Descent;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A cgroup directory in one hierarchy, with the cgroups below it that the container may have made.
 *
 * @param isUnified whether it is of cgroup2; else it is of v1
 */
record CgroupTree(Linux linux, String directory, boolean isUnified) {

    private static final int FREEZE_ROUNDS = 1000;
    /** v1: a process that was born while its cgroup froze is missed by the first write, and found by another. */
    private static final int FREEZE_AGAIN = 50;
    private static final int SIGNAL_ROUNDS = 100;
    /** In bytes: PID_MAX_LIMIT (1 << 22) processes with seven digits and a line feed each. */
    private static final int LONGEST_LIST = 1 << 25;
    private static final String THREAD_GROUP = "Tgid:";

    /** The tree that can be frozen: v1's freezer, else the unified one. */
    static Optional<CgroupTree> freezer(Linux linux, CgroupPaths paths) {
        return paths.v1With("freezer").map(path -> new CgroupTree(linux, path, false))
                .or(() -> paths.unified().map(path -> new CgroupTree(linux, path, true)));
    }

    /**
     * Does something in the directory and in each below, that one first. The container makes what is below, as deep as it likes: all is
     * done by descriptors, since a path of it may be longer than PATH_MAX. What goes meanwhile is passed over.
     */
    private void inEach(Consumer<Fd> action) {
        Descent.walk(linux.files, Fd.CWD, directory, here -> {
            action.accept(here);
            return below(here);
        });
    }

    /** The names of the cgroups right below; none where the directory has gone. */
    private List<String> below(Fd here) {
        try {
            return linux.files.directories(here, ".");
        } catch (KernelException e) {
            ignoreGone(e);
            return List.of();
        }
    }

    /** The processes in it and below, by their pids in the caller's pid namespace; those that have none there are left out. */
    List<Integer> pids() {
        Set<Integer> pids = new LinkedHashSet<>();
        inEach(here -> addPids(here, pids));
        return List.copyOf(pids);
    }

    /** The cgroup in it or below that holds a process, which the caller owns. @return empty when none does; a threaded one never does */
    Optional<Fd> holding(int pid) {
        Fd[] found = new Fd[1];
        Descent.walk(linux.files, Fd.CWD, directory, here -> {
            if (found[0] != null) {
                return List.of();
            }
            Set<Integer> pids = new LinkedHashSet<>();
            list(here, "cgroup.procs").ifPresent(text -> addNumbers(text, pids));
            found[0] = pids.contains(pid) ? linux.files.duplicate(here) : null;
            return below(here);
        });
        return Optional.ofNullable(found[0]);
    }

    private void addPids(Fd here, Set<Integer> pids) {
        Optional<String> processes = list(here, "cgroup.procs");
        if (processes.isPresent()) {
            addNumbers(processes.get(), pids);
            return;
        }
        // cgroups(7), threaded mode: the processes of a threaded cgroup are told above it, by the domain; of the container's own, by none.
        Set<Integer> threads = new LinkedHashSet<>();
        list(here, "cgroup.threads").ifPresent(text -> addNumbers(text, threads));
        for (int thread : threads) {
            processOf(thread).ifPresent(pids::add);
        }
    }

    private static void addNumbers(String text, Set<Integer> numbers) {
        for (String number : Hierarchies.words(text)) {
            // 0 stands for a process of another pid namespace, and to kill(2) it would mean our own process group.
            if (!number.equals("0")) {
                numbers.add(Integer.parseInt(number));
            }
        }
    }

    /** @return empty where processes are not told (EOPNOTSUPP: a threaded cgroup), nothing where the cgroup has gone */
    private Optional<String> list(Fd here, String file) {
        try (Fd opened = linux.files.openat(here, file, O_RDONLY, 0)) {
            return Optional.of(new String(linux.files.readAll(opened, LONGEST_LIST), StandardCharsets.US_ASCII));
        } catch (KernelException e) {
            if (e.is(Errno.EOPNOTSUPP)) {
                return Optional.empty();
            }
            ignoreGone(e);
            return Optional.of("");
        }
    }

    /** The process that a thread is of: Tgid of /proc/PID/status (proc_pid_status(5)). */
    private Optional<Integer> processOf(int thread) {
        for (String line : linux.files.readIfPresent(Fd.CWD, "/proc/" + thread + "/status").orElse("").split("\n")) {
            if (line.startsWith(THREAD_GROUP)) {
                return Optional.of(Integer.parseInt(line.substring(THREAD_GROUP.length()).strip()));
            }
        }
        return Optional.empty();
    }

    /** kill(2) on each, again until nobody new is found: those of a tree that is not frozen may fork meanwhile. */
    void signal(int signal) {
        Set<Integer> signalled = new HashSet<>();
        for (int round = 0; round < SIGNAL_ROUNDS; round++) {
            boolean found = false;
            for (int pid : pids()) {
                if (signalled.add(pid)) {
                    found = true;
                    signal(pid, signal);
                }
            }
            if (!found) {
                return;
            }
        }
    }

    private void signal(int pid, int signal) {
        try {
            linux.processes.kill(pid, signal);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /** rmdir(2) of this directory alone. @return false when it has processes or cgroups below (EBUSY), or another removes it (ENODEV) */
    boolean rmdir() {
        return rmdir(Fd.CWD, directory);
    }

    private boolean rmdir(Fd above, String name) {
        try {
            linux.paths.unlinkat(above, name, AT_REMOVEDIR);
        } catch (KernelException e) {
            // ENODEV comes while another's rmdir(2) is on its way; who asks again finds ENOENT.
            if (e.is(Errno.EBUSY) || e.is(Errno.ENOTEMPTY) || e.is(Errno.ENODEV)) {
                return false;
            }
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        return true;
    }

    /** Removes the directory and those below, deepest first. @return false when processes are left, or one was made meanwhile */
    boolean removeAll() {
        Descent.walk(linux.files, Fd.CWD, directory, new Descent.Visitor() {
            @Override
            public List<String> enter(Fd here) {
                return below(here);
            }

            @Override
            public void leave(Fd above, String name) {
                rmdir(above, name);
            }
        });
        return rmdir();
    }

    /**
     * Whether it is a cgroup that can be a container's: of a cgroup file system, and not the top of what is mounted there.
     *
     * @return true also when there is nothing of that name
     */
    boolean isCgroupOrGone() {
        try {
            Optional<Fd> opened = linux.files.openIfPresent(Fd.CWD, directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
            if (opened.isEmpty()) {
                return true;
            }
            try (Fd here = opened.get()) {
                long type = linux.files.fstatfs(here).type();
                return type == (isUnified ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC)
                        && linux.paths.statx(here, "..", 0).isSameFileSystem(linux.files.fstat(here));
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return false;
            }
            throw e;
        }
    }

    /** freezer.state of v1, cgroup.freeze of v2 (Linux 5.2); false where there is no freezer. */
    boolean isFrozen() {
        return isUnified ? read("cgroup.freeze").equals("1") : read("freezer.state").startsWith("FR");
    }

    /** Stops what is in it and below, and waits until all has stopped. @return whether it has; false where there is no freezer, too */
    boolean freeze() {
        for (int round = 0; round < FREEZE_ROUNDS; round++) {
            if (round % FREEZE_AGAIN == 0 && !write(isUnified ? "cgroup.freeze" : "freezer.state", isUnified ? "1" : "FROZEN")) {
                return false;
            }
            if (isUnified ? read("cgroup.events").contains("frozen 1") : read("freezer.state").equals("FROZEN")) {
                return true;
            }
            linux.polling.readable(1);
        }
        return false;
    }

    /** Lets it run again, with what the container froze below it: a process in a frozen v1 cgroup cannot even be killed. */
    void thaw() {
        String file = isUnified ? "cgroup.freeze" : "freezer.state";
        String text = isUnified ? "0" : "THAWED";
        // First, and in the fewest calls: a failure further down must not keep the container frozen.
        if (write(file, text)) {
            inEach(here -> write(here, file, text));
        }
    }

    /** SIGKILL to all in it and below at once: cgroup.kill. @return false before Linux 5.14, on v1, and of a threaded cgroup (EOPNOTSUPP) */
    boolean kill() {
        try {
            return isUnified && write("cgroup.kill", "1");
        } catch (KernelException e) {
            if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
            return false;
        }
    }

    private boolean write(String file, String text) {
        return write(Fd.CWD, directory + "/" + file, text);
    }

    /** @return false when there is no such file */
    private boolean write(Fd dir, String file, String text) {
        try {
            linux.files.writeText(dir, file, text);
            return true;
        } catch (KernelException e) {
            ignoreGone(e);
            return false;
        }
    }

    private String read(String file) {
        try {
            return linux.files.readText(Fd.CWD, directory + "/" + file).strip();
        } catch (KernelException e) {
            ignoreGone(e);
            return "";
        }
    }

    /** ENODEV is what an open control file answers when its cgroup has been removed meanwhile. */
    private static void ignoreGone(KernelException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
            throw e;
        }
    }
}
