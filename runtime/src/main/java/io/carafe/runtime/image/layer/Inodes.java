package io.carafe.runtime.image.layer;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.runtime.image.tar.TarEntry.Time;

/** Calls on links, times, sizes and extended attributes, which nothing else in the house makes. Names are in a directory. */
final class Inodes {

    private static final int TIMESPEC = 16;

    private final Kernel kernel;
    private final Memory memory;

    Inodes(Kernel kernel) {
        this.kernel = kernel;
        this.memory = new Memory(kernel);
    }

    /** linkat(2); a symbolic link gets another name itself. */
    void link(Fd fromDir, String from, Fd toDir, String to) {
        try (Memory.Frame frame = memory.frame()) {
            check("link " + to + " to " + from,
                    kernel.call(Sys.LINKAT.nr, fromDir.number(), frame.string(from), toDir.number(), frame.string(to), 0));
        }
    }

    /** utimensat(2) with AT_SYMLINK_NOFOLLOW. */
    void times(Fd dir, String name, Time accessed, Time modified) {
        try (Memory.Frame frame = memory.frame()) {
            long times = frame.raw(2 * TIMESPEC);
            kernel.putLong(times, accessed.seconds());
            kernel.putLong(times + 8, accessed.nanos());
            kernel.putLong(times + TIMESPEC, modified.seconds());
            kernel.putLong(times + TIMESPEC + 8, modified.nanos());
            check("utimensat " + name,
                    kernel.call(Sys.UTIMENSAT.nr, dir.number(), frame.string(name), times, FileFlags.AT_SYMLINK_NOFOLLOW));
        }
    }

    /** ftruncate(2). */
    void truncate(Fd file, long length) {
        check("ftruncate", kernel.call(Sys.FTRUNCATE.nr, file.number(), length));
    }

    /** lsetxattr(2), reached through /proc/self/fd: there is no call with a directory and a name before Linux 6.13. */
    void setXattr(Fd dir, String name, String attribute, byte[] value) {
        try (Memory.Frame frame = memory.frame()) {
            check("setxattr " + attribute + " on " + name, kernel.call(Sys.LSETXATTR.nr, frame.string(dir.path() + "/" + name),
                    frame.string(attribute), frame.bytes(value), value.length, 0));
        }
    }

    /** getxattr(2) of a directory. @return whether it has the attribute with the value y */
    boolean isYes(Fd dir, String attribute) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.zeroed(8);
            long result = kernel.call(Sys.GETXATTR.nr, frame.string(dir.path()), frame.string(attribute), buffer, 8);
            if (result == -Errno.ENODATA.number || result == -Errno.EOPNOTSUPP.number || result == -Errno.ERANGE.number) {
                return false;
            }
            check("getxattr " + attribute, result);
            return result == 1 && kernel.getByte(buffer) == 'y';
        }
    }

    private static void check(String what, long result) {
        if (result < 0) {
            throw KernelException.of(what, result);
        }
    }
}
