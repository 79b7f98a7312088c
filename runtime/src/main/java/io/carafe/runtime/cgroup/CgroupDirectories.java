package io.carafe.runtime.cgroup;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.limit.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Makes the directories of a plan, ready to be joined, and remembers which ones it made. */
final class CgroupDirectories {

    private static final int MODE = 0755;
    /** How often a directory above may vanish under us: somebody removes it when it is empty. */
    private static final int ATTEMPTS = 10;

    private final Linux linux;
    /** In the order of making. */
    private final List<String> made = new ArrayList<>();

    CgroupDirectories(Linux linux) {
        this.linux = linux;
    }

    /** @throws KernelException EBUSY when the cgroup exists and has processes, or is frozen */
    void make(CgroupPlan.Place place) {
        make(place, false);
    }

    /** @param mayBeInUse whether it is the container's already, made by another */
    void make(CgroupPlan.Place place, boolean mayBeInUse) {
        if (!place.enabled().isEmpty()) {
            handDown(place);
        }
        boolean fresh = mkdir(place, place.directory());
        try {
            prepare(place, fresh || mayBeInUse);
        } catch (Throwable e) {
            if (fresh) {
                new CgroupTree(linux, place.directory(), place.hierarchy().isUnified()).rmdir();
            }
            throw e;
        }
    }

    private void prepare(CgroupPlan.Place place, boolean isOurs) {
        if (!isOurs) {
            refuseOneInUse(new CgroupTree(linux, place.directory(), place.hierarchy().isUnified()));
        }
        if (place.hierarchy().controllers().contains("cpuset") && !place.hierarchy().isUnified()) {
            inherit(place, "cpuset.cpus");
            inherit(place, "cpuset.mems");
        }
        for (Write write : place.writes()) {
            if (write.isFirst()) {
                write(linux, place.directory(), write);
            }
        }
    }

    /** mkdir(2), with what is missing above. @return false when it exists already */
    private boolean mkdir(CgroupPlan.Place place, String directory) {
        for (int attempt = 1;; attempt++) {
            try {
                boolean fresh = linux.paths.mkdirIfAbsent(Fd.CWD, directory, MODE);
                if (fresh) {
                    made.add(directory);
                }
                return fresh;
            } catch (KernelException e) {
                String parent = parent(directory);
                if (!e.is(Errno.ENOENT) || attempt == ATTEMPTS || parent.length() <= place.hierarchy().mountPoint().length()) {
                    throw e;
                }
                mkdir(place, parent);
            }
        }
    }

    private static String parent(String directory) {
        return directory.substring(0, directory.lastIndexOf('/'));
    }

    private static void refuseOneInUse(CgroupTree tree) {
        int processes = tree.pids().size();
        if (processes > 0) {
            throw new KernelException("mkdir " + tree.directory(), Errno.EBUSY)
                    .hint(Errno.EBUSY, "it exists and has " + processes + (processes == 1 ? " process" : " processes"));
        }
        if (tree.isFrozen()) {
            throw new KernelException("mkdir " + tree.directory(), Errno.EBUSY).hint(Errno.EBUSY, "it exists and is frozen");
        }
    }

    /**
     * v1: a new cpuset is empty and nothing can join it (ENOSPC), so it gets what the one above has, which may be as empty.
     *
     * @return what the place's directory has then
     */
    private void inherit(CgroupPlan.Place place, String file) {
        String above = filled(place, place.parent(), file);
        for (Write write : place.writes()) {
            if (write.file().equals(file)) {
                return;
            }
        }
        linux.files.writeText(Fd.CWD, place.directory() + "/" + file, above);
    }

    private String filled(CgroupPlan.Place place, String directory, String file) {
        String text = linux.files.readText(Fd.CWD, directory + "/" + file).strip();
        if (!text.isEmpty() || directory.length() <= place.hierarchy().mountPoint().length()) {
            return text;
        }
        String above = filled(place, parent(directory), file);
        linux.files.writeText(Fd.CWD, directory + "/" + file, above);
        return above;
    }

    /** v2: a controller is in a cgroup only where every one above it hands it down (cgroup.subtree_control). */
    private void handDown(CgroupPlan.Place place) {
        int mountPoint = place.hierarchy().mountPoint().length();
        try {
            if (missing(place.parent(), place.enabled()).isEmpty()) {
                return;
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            mkdir(place, place.parent());
        }
        for (int end = mountPoint; end >= 0; end = place.directory().indexOf('/', end + 1)) {
            handDown(place.directory().substring(0, end), place);
        }
    }

    private void handDown(String directory, CgroupPlan.Place place) {
        List<String> missing = missing(directory, place.enabled());
        if (missing.isEmpty()) {
            return;
        }
        String file = directory + "/cgroup.subtree_control";
        try {
            linux.files.writeText(Fd.CWD, file, "+" + String.join(" +", missing));
        } catch (KernelException all) {
            // One that cannot be had spoils the whole write.
            if (!cannotBeHandedDown(all)) {
                throw all;
            }
            for (String controller : missing) {
                handDown(file, controller, place.required().contains(controller));
            }
        }
    }

    private void handDown(String file, String controller, boolean isRequired) {
        try {
            linux.files.writeText(Fd.CWD, file, "+" + controller);
        } catch (KernelException e) {
            if (isRequired || !cannotBeHandedDown(e)) {
                throw e.hint(Errno.EBUSY, "a cgroup with processes cannot hand down controllers");
            }
        }
    }

    /**
     * cgroups(7): EBUSY in a cgroup with processes, ENOENT where the one above does not hand it down, EINVAL for a threaded one or a
     * controller in use by v1, EOPNOTSUPP in a threaded subtree; or the caller may not.
     */
    private static boolean cannotBeHandedDown(KernelException e) {
        return e.is(Errno.EBUSY) || e.is(Errno.ENOENT) || e.is(Errno.EINVAL) || e.is(Errno.EOPNOTSUPP) || isDenied(e);
    }

    private static boolean isDenied(KernelException e) {
        return e.is(Errno.EACCES) || e.is(Errno.EPERM) || e.is(Errno.EROFS);
    }

    /** Whether it failed for want of rights, and the caller is one who need not have them: who is root asks why. */
    static boolean isDeniedToOrdinaryUser(Linux linux, KernelException e) {
        return isDenied(e) && linux.credentials.isOrdinaryUser();
    }

    private List<String> missing(String directory, Set<String> wanted) {
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(Hierarchies.words(linux.files.readText(Fd.CWD, directory + "/cgroup.subtree_control")));
        return missing;
    }

    /** Removes the directories that were made, those last made first; one that is in use by now stays. */
    void unmake() {
        unmakeExcept(List.of());
    }

    /** The same, where some have been removed already. */
    void unmakeExcept(Collection<String> removed) {
        made.removeAll(removed);
        for (int last = made.size() - 1; last >= 0; last--) {
            new CgroupTree(linux, made.remove(last), false).rmdir();
        }
    }

    /** Whether a directory was made here; else it had been there. */
    boolean isFresh(String directory) {
        return made.contains(directory);
    }

    /** Writes a control file of a cgroup. @throws KernelException with the property's name in front */
    static void write(Linux linux, String directory, Write write) {
        String path = directory + "/" + write.file();
        try (Fd file = linux.files.open(path, FileFlags.O_WRONLY)) {
            for (String text : write.texts()) {
                try {
                    linux.files.write(file, text.getBytes(StandardCharsets.UTF_8));
                } catch (KernelException e) {
                    throw e.as("write \"" + text + "\" to " + path).hint(Errno.ENODEV, "there is no such device")
                            .hint(Errno.EOPNOTSUPP, "the device's I/O scheduler knows no weights: it should be bfq");
                }
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) && write.otherwise().isPresent()) {
                write(linux, directory, write.otherwise().get());
                return;
            }
            // Who owns the directory by delegation does not own the device rules; nor can he make device nodes.
            boolean anothers = write.file().startsWith("devices.") && isDeniedToOrdinaryUser(linux, e);
            if (!anothers && !(e.is(Errno.ENOENT) && write.mayBeAbsent())) {
                throw e.during(write.property()).hint(Errno.ENOENT, "this kernel does not have it, or the cgroup not the controller");
            }
        }
    }
}
