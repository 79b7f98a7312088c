package io.carafe.runtime.cgroup.resctrl;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import java.util.List;
import java.util.Optional;

/** Performs a {@link ResctrlPlan}. A group is a directory that the kernel fills when it is made, and empties when it is removed. */
public final class Resctrl {

    private static final int DIRECTORY_MODE = 0755;
    private static final String PROPERTY = "linux.intelRdt";

    private final Linux linux;

    public Resctrl(Linux linux) {
        this.linux = linux;
    }

    /** Where the file system is mounted, by mountinfo. */
    public Optional<String> mountPoint() {
        for (MountInfo mount : MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo"))) {
            if (mount.type().equals("resctrl")) {
                return Optional.of(mount.mountPoint());
            }
        }
        return Optional.empty();
    }

    /**
     * Makes the groups, and writes or compares the schemata. The undo is {@link #remove}.
     *
     * @throws KernelException ENOENT when a preconfigured group is not there; EEXIST when one that is to be the container's own is; EINVAL when a
     *     shared one has other schemata, or for the schemata themselves; ENOSPC when there are as many groups as the processor has
     */
    public void make(ResctrlPlan plan) {
        try (Undo undo = new Undo()) {
            control(plan, undo);
            plan.monitoring().ifPresent(monitoring -> {
                mkdir(monitoring);
                undo.onFailure(() -> remove(List.of(monitoring)));
            });
            undo.keep();
        }
    }

    private void control(ResctrlPlan plan, Undo undo) {
        boolean there = linux.paths.statxIfPresent(Fd.CWD, plan.group(), 0).isPresent();
        if (plan.purpose() == ResctrlPlan.Purpose.PRECONFIGURED) {
            if (!there) {
                throw new KernelException(PROPERTY + ".closID: find " + plan.group(), Errno.ENOENT)
                        .hint(Errno.ENOENT, "without schemata the group must have been made before");
            }
            return;
        }
        if (there && plan.purpose() == ResctrlPlan.Purpose.SHARED) {
            requireSame(plan);
            return;
        }
        mkdir(plan.group());
        undo.onFailure(() -> remove(List.of(plan.group())));
        if (!plan.schemata().isEmpty()) {
            write(plan.group() + "/schemata", String.join("\n", plan.schemata()) + "\n");
        }
    }

    private void requireSame(ResctrlPlan plan) {
        String current = linux.files.readText(Fd.CWD, plan.group() + "/schemata");
        for (String line : plan.schemata()) {
            if (!ResctrlPlan.has(line, current)) {
                throw new KernelException(PROPERTY + ": " + plan.group() + " has other schemata than " + line, Errno.EINVAL);
            }
        }
    }

    /**
     * Writes schemata of a group that is in use.
     *
     * @param group of {@link ResctrlPlan#joined}, the first
     */
    public void update(String group, List<String> schemata) {
        write(group + "/schemata", String.join("\n", schemata) + "\n");
    }

    /** Puts a process into groups. @param groups of {@link ResctrlPlan#joined}, in that order: a monitoring group takes tasks of its control group only */
    public void join(List<String> groups, int pid) {
        for (String group : groups) {
            write(group + "/tasks", Integer.toString(pid));
        }
    }

    private void mkdir(String directory) {
        try {
            linux.paths.mkdirat(Fd.CWD, directory, DIRECTORY_MODE);
        } catch (KernelException e) {
            throw e.during(PROPERTY).hint(Errno.ENOSPC, "the processor has no more groups")
                    .hint(Errno.EEXIST, "somebody else's group has the container's name");
        }
    }

    private void write(String file, String text) {
        try {
            linux.files.writeText(Fd.CWD, file, text);
        } catch (KernelException e) {
            throw e.during(PROPERTY);
        }
    }

    /** Removes groups; fine when one is not there. Their tasks fall to the group above. */
    public void remove(List<String> directories) {
        for (String directory : directories) {
            try {
                linux.paths.unlinkat(Fd.CWD, directory, AT_REMOVEDIR);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e.during(PROPERTY);
                }
            }
        }
    }
}
