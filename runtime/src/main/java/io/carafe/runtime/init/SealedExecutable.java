package io.carafe.runtime.init;

import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.F_ADD_SEALS;
import static io.carafe.linux.abi.FileFlags.F_GET_SEALS;
import static io.carafe.linux.abi.FileFlags.F_SEAL_GROW;
import static io.carafe.linux.abi.FileFlags.F_SEAL_SEAL;
import static io.carafe.linux.abi.FileFlags.F_SEAL_SHRINK;
import static io.carafe.linux.abi.FileFlags.F_SEAL_WRITE;
import static io.carafe.linux.abi.FileFlags.MFD_ALLOW_SEALING;
import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.MFD_EXEC;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.ST_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.Optional;

/**
 * The file that this process runs from, made unwritable through any handle that a container could get on it (CVE-2019-5736).
 *
 * <p>A process of the container reaches its runtime's executable through /proc/PID/exe, or by making the runtime execute
 * /proc/self/exe. So what enters a container runs from a mount that is read-only and in nobody's namespace, or from a sealed
 * memfd. Done by executing this program again from there, once, before anything else is done.
 */
public final class SealedExecutable {

    private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    private static final int GROUP_AND_OTHERS_WRITE = 022;
    /** Of /proc/self/cmdline and environ: the kernel's own limit for both together. */
    private static final int ARGUMENTS = 6 << 20;

    private final Linux linux;

    public SealedExecutable(Linux linux) {
        this.linux = linux;
    }

    /** Returns when this process runs from a file that nobody can write; else executes it anew, with the same arguments. */
    public void ensure() {
        try (Fd self = linux.files.open("/proc/self/exe", O_RDONLY)) {
            if (cannotBeWritten(self)) {
                return;
            }
            Optional<Fd> unwritable = unwritable(self);
            if (unwritable.isEmpty()) {
                return;
            }
            try (Fd file = unwritable.get()) {
                byte[] args = procfile("/proc/self/cmdline");
                byte[] env = procfile("/proc/self/environ");
                throw linux.processes.fexecve(file, args, env).during("seal the executable");
            }
        }
    }

    private boolean cannotBeWritten(Fd self) {
        if ((linux.files.fstatfs(self).flags() & ST_RDONLY) != 0) {
            return true;
        }
        int euid = linux.credentials.geteuid();
        if (euid != 0) {
            // What an ordinary user starts maps that user's id only: the file of another owner stays out of reach.
            FileStatus status = linux.files.fstat(self);
            if (status.uid() != euid && (status.mode() & GROUP_AND_OTHERS_WRITE) == 0) {
                return true;
            }
        }
        try {
            return (linux.files.fcntl(self, F_GET_SEALS, 0) & F_SEAL_WRITE) != 0;
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            return false; // not a memfd
        }
    }

    /** @return empty when the file is a copy without a name already, which nobody executes after this process */
    private Optional<Fd> unwritable(Fd self) {
        try {
            return Optional.of(detached(self));
        } catch (KernelException e) {
            // EPERM: an ordinary user. EINVAL: the file is on no mount of this namespace. ENOSYS: before Linux 5.12.
            if (!e.is(Errno.EPERM) && !e.is(Errno.EINVAL) && !e.is(Errno.ENOSYS)) {
                throw e;
            }
            return linux.files.fstat(self).links() == 0 ? Optional.empty() : Optional.of(copy(self));
        }
    }

    private Fd detached(Fd self) {
        Fd mount = linux.mounts.openTree(self, "", MountFlags.OPEN_TREE_CLONE | AT_EMPTY_PATH);
        try {
            linux.mounts.setattr(mount, false, MountFlags.MOUNT_ATTR_RDONLY, 0, 0);
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    private Fd copy(Fd self) {
        Fd memfd = memfd();
        try {
            linux.files.copy(self, memfd);
            return sealed(memfd);
        } catch (KernelException e) {
            memfd.close();
            throw e;
        }
    }

    /** A file that is open for writing cannot be executed (ETXTBSY), unless it is a memfd. */
    private Fd sealed(Fd memfd) {
        try {
            linux.files.fcntl(memfd, F_ADD_SEALS, SEALS);
            return memfd;
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.EPERM)) {
                throw e;
            }
            Fd unnamed = linux.files.open(memfd.path(), O_RDONLY); // memfd_create(2) was refused
            memfd.close();
            return unnamed;
        }
    }

    private Fd memfd() {
        try {
            return linux.files.memfdCreate("carafe", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            return linux.files.memfdCreate("carafe", MFD_CLOEXEC | MFD_ALLOW_SEALING); // until the floor is Linux 6.3
        }
    }

    private byte[] procfile(String path) {
        try (Fd fd = linux.files.open(path, O_RDONLY)) {
            return linux.files.readAll(fd, ARGUMENTS);
        }
    }
}
