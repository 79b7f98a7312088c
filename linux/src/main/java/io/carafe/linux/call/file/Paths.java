package io.carafe.linux.call.file;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.Statfs;
import io.carafe.linux.abi.Struct.Statx;
import io.carafe.linux.abi.Sys;
import java.util.Optional;

/**
 * Names of files and their inodes. Paths are relative to a directory descriptor ({@link Fd#CWD} or absolute where a host
 * path is meant); the empty path with AT_EMPTY_PATH is the descriptor itself.
 */
public final class Paths {

    private static final int PATH_MAX = 4096;

    private final Kernel kernel;
    private final Memory memory;
    private final AbsentCalls calls;
    private final StatxCall statx;

    public Paths(Kernel kernel, Memory memory, AbsentCalls calls) {
        this.kernel = kernel;
        this.memory = memory;
        this.calls = calls;
        this.statx = new StatxCall(kernel, memory, calls);
    }

    /** mkdirat(2). @throws KernelException EEXIST */
    public void mkdirat(Fd dir, String path, int mode) {
        onPath("mkdir ", Sys.MKDIRAT.nr, dir, path, mode, 0);
    }

    /** mkdirat(2); EEXIST is no error. @return whether the directory was made */
    public boolean mkdirIfAbsent(Fd dir, String path, int mode) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.MKDIRAT.nr, dir.number(), frame.string(path), mode);
            if (result < 0 && result != -Errno.EEXIST.number) {
                throw KernelException.of("mkdir " + path, result);
            }
            return result == 0;
        }
    }

    /** mknodat(2). @param mode type and permissions, less the umask */
    public void mknodat(Fd dir, String path, int mode, int major, int minor) {
        onPath("mknod ", Sys.MKNODAT.nr, dir, path, mode, makedev(major, minor));
    }

    /** mkfifo(3). */
    public void mkfifoat(Fd dir, String path, int mode) {
        onPath("mkfifo ", Sys.MKNODAT.nr, dir, path, S_IFIFO | mode, 0);
    }

    /** makedev(3), the kernel's encoding of dev_t. */
    private static long makedev(long major, long minor) {
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
    }

    /** symlinkat(2). */
    public void symlinkat(String target, Fd dir, String path) {
        try (Memory.Frame frame = memory.frame()) {
            check("symlink " + path, kernel.call(Sys.SYMLINKAT.nr, frame.string(target), dir.number(), frame.string(path)));
        }
    }

    /** linkat(2): another name for a file; a link is not followed. */
    public void linkat(Fd fromDir, String from, Fd toDir, String to) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.LINKAT.nr, fromDir.number(), frame.string(from), toDir.number(), frame.string(to), 0);
            if (result < 0) {
                throw KernelException.of("link " + from + " to " + to, result);
            }
        }
    }

    /** unlinkat(2). @param flags AT_REMOVEDIR for a directory */
    public void unlinkat(Fd dir, String path, int flags) {
        onPath(flags == 0 ? "unlink " : "rmdir ", Sys.UNLINKAT.nr, dir, path, flags, 0);
    }

    /** renameat2(2). @throws KernelException EINVAL: the file system does not know a flag; ENOSYS: the call is not there, and a flag asks for it */
    public void rename(Fd fromDir, String from, Fd toDir, String to, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long old = frame.string(from);
            long now = frame.string(to);
            long result = calls.call(Sys.RENAMEAT2, fromDir.number(), old, toDir.number(), now, flags);
            if (AbsentCalls.isAbsent(result) && flags == 0) {
                result = kernel.call(Sys.RENAMEAT.nr, fromDir.number(), old, toDir.number(), now);
            }
            if (result < 0) {
                throw KernelException.of("rename " + from + " to " + to, result);
            }
        }
    }

    /** fchmodat(2); follows links. */
    public void fchmodat(Fd dir, String path, int mode) {
        onPath("chmod ", Sys.FCHMODAT.nr, dir, path, mode, 0);
    }

    /** fchownat(2). @param flags AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
    public void fchownat(Fd dir, String path, int uid, int gid, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FCHOWNAT.nr, dir.number(), frame.string(path), uid, gid, flags);
            if (result < 0) {
                throw KernelException.of("chown " + path, result);
            }
        }
    }

    /** readlinkat(2); an empty path reads the link of an O_PATH descriptor. */
    public String readlinkat(Fd dir, String path) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(PATH_MAX);
            long result = kernel.call(Sys.READLINKAT.nr, dir.number(), frame.string(path), buffer, PATH_MAX);
            if (result < 0) {
                throw KernelException.of("readlink " + path, result);
            }
            return memory.name(buffer, (int) result);
        }
    }

    /** statx(2). @param flags AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
    public FileStatus statx(Fd dir, String path, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statx.SIZE);
            long result = statx(dir, path, flags, frame, at);
            if (result < 0) {
                throw KernelException.of("stat " + path, result);
            }
            return FileStatus.at(kernel, at);
        }
    }

    /** statx(2), where an absent file is an answer: empty on ENOENT. */
    public Optional<FileStatus> statxIfPresent(Fd dir, String path, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statx.SIZE);
            long result = statx(dir, path, flags, frame, at);
            if (result == -Errno.ENOENT.number) {
                return Optional.empty();
            }
            if (result < 0) {
                throw KernelException.of("stat " + path, result);
            }
            return Optional.of(FileStatus.at(kernel, at));
        }
    }

    private long statx(Fd dir, String path, int flags, Memory.Frame frame, long at) {
        return statx.call(dir.number(), frame.string(path), flags, FileStatus.ASKED, at);
    }

    /** statfs(2) of a host path. */
    public Files.FileSystem statfs(String path) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statfs.SIZE);
            long result = kernel.call(Sys.STATFS.nr, frame.string(path), at);
            if (result < 0) {
                throw KernelException.of("statfs " + path, result);
            }
            return new Files.FileSystem(kernel.getLong(at + Statfs.TYPE), kernel.getLong(at + Statfs.FLAGS));
        }
    }

    public void chdir(String path) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.CHDIR.nr, frame.string(path));
            if (result < 0) {
                throw KernelException.of("chdir " + path, result);
            }
        }
    }

    public void fchdir(Fd dir) {
        check("fchdir", kernel.call(Sys.FCHDIR.nr, dir.number()));
    }

    public void chroot(String path) {
        try (Memory.Frame frame = memory.frame()) {
            check("chroot " + path, kernel.call(Sys.CHROOT.nr, frame.string(path)));
        }
    }

    /** getcwd(2), the call itself: a directory outside the root answers with {@code (unreachable)} in front. */
    public String getcwd() {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(PATH_MAX);
            long length = check("getcwd", kernel.call(Sys.GETCWD.nr, buffer, PATH_MAX));
            return memory.name(buffer, (int) length - 1);
        }
    }

    /** umask(2). @return the one before. @throws KernelException when a seccomp filter refuses it: the kernel itself never does */
    public int umask(int mask) {
        return (int) KernelException.check("umask", kernel.call(Sys.UMASK.nr, mask));
    }

    /**
     * faccessat2(2) for execution, Linux 5.8, by the effective ids; before, faccessat(2), by the real ones, which are the same ones here.
     *
     * @return false also where there is no such file
     * @throws KernelException other than EACCES, ENOENT and ENOTDIR
     */
    public boolean isExecutable(Fd dir, String path) {
        final int executable = 1;
        return access(dir, path, executable);
    }

    /** faccessat2(2) with W_OK, likewise; on a read-only mount (EROFS) false, too. */
    public boolean isWritable(Fd dir, String path) {
        final int writable = 2;
        return access(dir, path, writable);
    }

    private boolean access(Fd dir, String path, int mode) {
        final int effectiveIds = 0x200;
        try (Memory.Frame frame = memory.frame()) {
            long name = frame.string(path);
            long result = calls.call(Sys.FACCESSAT2, dir.number(), name, mode, effectiveIds, 0);
            if (AbsentCalls.isAbsent(result)) {
                result = kernel.call(Sys.FACCESSAT.nr, dir.number(), name, mode);
            }
            if (result == -Errno.EACCES.number || result == -Errno.ENOENT.number || result == -Errno.ENOTDIR.number
                    || result == -Errno.EROFS.number) {
                return false;
            }
            check("access " + path, result);
            return true;
        }
    }

    private void onPath(String what, int nr, Fd dir, String path, long mode, long device) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(nr, dir.number(), frame.string(path), mode, device);
            if (result < 0) {
                throw KernelException.of(what + path, result);
            }
        }
    }
}
