package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.ENOTDIR;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Finds the places in a root that mounts go to, and makes them where they are missing. */
public final class Mountpoints {

    public static final ContainerPath PROC = ContainerPath.of("/proc");

    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private final Linux linux;
    private final Root root;

    public Mountpoints(Linux linux, Root root) {
        this.linux = linux;
        this.root = root;
    }

    /** proc and sysfs where a link would move them: the masks and the kernel's own files would then be elsewhere. */
    public Mountpoint ordinaryDirectory(ContainerPath at) {
        try {
            Optional<Fd> present = root.openWithoutLinks(at, O_PATH | O_DIRECTORY);
            return mountpoint(at, present, true, () -> true);
        } catch (KernelException e) {
            String advice = at + " must be an ordinary directory: it is none, or the way there is a symbolic link";
            throw e.hint(ELOOP, advice).hint(ENOTDIR, advice);
        }
    }

    /** Where a mount goes. @param follows whether a link at the end is followed, or covered itself. What is missing is made, a directory or a file as its source is. */
    public Mountpoint find(ContainerPath at, boolean follows, BooleanSupplier directory) {
        return find(at, follows, follows, directory);
    }

    /** The same. @param followsMounted false where a link comes to lie there: {@link Mountpoint#reopen} is not to follow it */
    public Mountpoint find(ContainerPath at, boolean follows, boolean followsMounted, BooleanSupplier directory) {
        Optional<Fd> present = Optional.empty();
        int flags = O_PATH | (follows ? 0 : O_NOFOLLOW);
        try {
            present = root.openWithoutLinks(at, flags);
            if (present.isPresent()) {
                return mountpoint(at, present, followsMounted, directory);
            }
        } catch (KernelException e) {
            if (!e.is(ELOOP)) {
                throw e;
            }
            present = root.openIfPresent(at, flags);
        }
        Mountpoint found = mountpoint(at, present, followsMounted, directory);
        // By its name it was allowed; through a link, also one that a neighbour has just laid, it may be a file of /proc after all
        // (CVE-2019-16884).
        if (!at.isWithin(PROC)) {
            requireNoProc(at, found);
        }
        return found;
    }

    /** Closes what it refuses. */
    private void requireNoProc(ContainerPath at, Mountpoint found) {
        try {
            if (linux.files.fstatfs(found.fd()).type() == PROC_SUPER_MAGIC) {
                throw new KernelException("open " + at + " in the container", ELOOP).hint(ELOOP, "a symbolic link leads into a proc");
            }
        } catch (KernelException e) {
            found.close();
            throw e;
        }
    }

    private Mountpoint mountpoint(ContainerPath at, Optional<Fd> present, boolean followsMounted, BooleanSupplier directory) {
        Fd fd = present.isPresent() ? present.get()
                : directory.getAsBoolean() ? root.makeDirectory(at, DIRECTORY_MODE) : root.makeFile(at, FILE_MODE);
        return Mountpoint.of(fd, present.isPresent(), () -> root.openMounted(at, followsMounted));
    }
}
