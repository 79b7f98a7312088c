package io.carafe.runtime.cgroup;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /** The tree that can be frozen: v1's freezer, else the unified one. */
    static Optional<CgroupTree> freezer(Linux linux, CgroupPaths paths) {
        return paths.v1With("freezer").map(path -> new CgroupTree(linux, path, false))
                .or(() -> paths.unified().map(path -> new CgroupTree(linux, path, true)));
    }

    private CgroupTree child(String name) {
        return new CgroupTree(linux, directory + "/" + name, isUnified);
    }

    /** The cgroups right below; none where the directory has gone. */
    private List<CgroupTree> children() {
        List<CgroupTree> children = new ArrayList<>(0);
        try {
            for (String name : linux.files.directories(Fd.CWD, directory)) {
                children.add(child(name));
            }
        } catch (KernelException e) {
            ignoreGone(e);
        }
        return children;
    }

    /** The processes in it and below, by their pids in the caller's pid namespace; those that have none there are left out. */
    List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        addPids(pids);
        return pids;
    }

    private void addPids(List<Integer> pids) {
        try {
            for (String pid : Hierarchies.words(linux.files.readText(Fd.CWD, directory + "/cgroup.procs"))) {
                // 0 stands for a process of another pid namespace, and to kill(2) it would mean our own process group.
                if (!pid.equals("0")) {
                    pids.add(Integer.parseInt(pid));
                }
            }
        } catch (KernelException e) {
            ignoreGone(e);
        }
        for (CgroupTree child : children()) {
            child.addPids(pids);
        }
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

    /** rmdir(2) of this directory alone. @return false when it has processes or cgroups below (EBUSY) */
    boolean rmdir() {
        try {
            linux.paths.unlinkat(Fd.CWD, directory, AT_REMOVEDIR);
        } catch (KernelException e) {
            if (e.is(Errno.EBUSY) || e.is(Errno.ENOTEMPTY)) {
                return false;
            }
            ignoreGone(e);
        }
        return true;
    }

    /** Removes the directory and those below, deepest first. @return false when processes are left */
    boolean removeAll() {
        for (CgroupTree child : children()) {
            child.removeAll();
        }
        return rmdir();
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
        write(isUnified ? "cgroup.freeze" : "freezer.state", isUnified ? "0" : "THAWED");
        for (CgroupTree child : children()) {
            child.thaw();
        }
    }

    /** SIGKILL to all in it and below at once: cgroup.kill. @return false before Linux 5.14, and on v1 */
    boolean kill() {
        return isUnified && write("cgroup.kill", "1");
    }

    /** @return false when there is no such file */
    private boolean write(String file, String text) {
        try {
            linux.files.writeText(Fd.CWD, directory + "/" + file, text);
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
