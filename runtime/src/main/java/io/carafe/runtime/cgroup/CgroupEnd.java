package io.carafe.runtime.cgroup;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a container's processes and then its directories come to their end. */
final class CgroupEnd {

    /** 1, 2, 4 … 1024 milliseconds: a process that was killed leaves its cgroup when it has given back its memory. */
    private static final int REMOVE_ROUNDS = 11;

    private final Linux linux;
    private final CgroupPaths paths;

    CgroupEnd(Linux linux, CgroupPaths paths) {
        this.linux = linux;
        this.paths = paths;
    }

    /** The tree that tells the container's processes. */
    Optional<CgroupTree> processes() {
        return paths.processes().map(path -> new CgroupTree(linux, path, paths.unified().isPresent()));
    }

    private Optional<CgroupTree> freezer() {
        return CgroupTree.freezer(linux, paths);
    }

    /**
     * Why these cannot be the cgroups of a container that this process is asked about.
     *
     * <p>A path below /sys/fs/cgroup/HIERARCHY needs no look, but that of the tree by which processes are found, and the one that is frozen.
     *
     * @return empty when they can be, or have gone
     */
    Optional<String> complaint() {
        for (Map.Entry<String, String> path : paths.byLabel().entrySet()) {
            CgroupTree tree = new CgroupTree(linux, path.getValue(), path.getKey().equals(CgroupPaths.UNIFIED));
            boolean isUsed = Optional.of(tree).equals(processes()) || Optional.of(tree).equals(freezer());
            if ((isUsed || !CgroupPaths.isBelowHierarchy(path.getValue())) && !tree.isCgroupOrGone()) {
                return Optional.of("cgroups." + path.getKey() + ": expected a cgroup of the container, found " + path.getValue());
            }
        }
        int self = linux.processes.getpid();
        return processes().filter(tree -> tree.pids().contains(self))
                .map(tree -> "expected a cgroup of the container, found " + tree.directory() + ", which this process is in");
    }

    void killAll(int signal) {
        Optional<CgroupTree> processes = processes();
        Optional<CgroupTree> freezer = freezer();
        boolean isKill = signal == Signal.SIGKILL.number;
        if (processes.isEmpty()) {
            return;
        }
        if (isKill && processes.get().kill()) {
            freezer.ifPresent(CgroupTree::thaw);
            return;
        }
        boolean thaw = isKill || freezer.isPresent() && !freezer.get().isFrozen();
        try {
            freezer.ifPresent(CgroupTree::freeze);
            processes.get().signal(signal);
        } finally {
            if (thaw) {
                freezer.ifPresent(CgroupEnd::thaw);
            }
        }
    }

    /** Tried twice: a process that stays frozen does not even die of SIGKILL (cgroup v1). */
    private static void thaw(CgroupTree tree) {
        try {
            tree.thaw();
        } catch (KernelException once) {
            tree.thaw();
        }
    }

    void remove() {
        List<CgroupTree> left = new ArrayList<>(0);
        Optional<KernelException> failure = Optional.empty();
        for (Map.Entry<String, String> path : paths.byLabel().entrySet()) {
            CgroupTree tree = new CgroupTree(linux, path.getValue(), path.getKey().equals(CgroupPaths.UNIFIED));
            try {
                if (!tree.rmdir()) {
                    left.add(tree);
                }
            } catch (KernelException e) {
                failure = Optional.of(e);
            }
        }
        if (!left.isEmpty()) {
            removeOnesInUse(left);
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void removeOnesInUse(List<CgroupTree> left) {
        for (int round = 0;; round++) {
            // Again: a process that was still alive may have made and frozen a cgroup since, with one that is to die in it.
            freezer().ifPresent(CgroupTree::thaw);
            left.removeIf(CgroupTree::removeAll);
            if (left.isEmpty()) {
                return;
            }
            if (round == REMOVE_ROUNDS) {
                throw new KernelException("rmdir " + left.get(0).directory(), Errno.EBUSY)
                        .hint(Errno.EBUSY, left.get(0).pids().size() + " processes left");
            }
            linux.polling.readable(1L << round);
        }
    }
}
