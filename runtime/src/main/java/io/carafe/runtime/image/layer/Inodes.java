package io.carafe.runtime.image.layer;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Struct.Statx;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files;
import io.carafe.runtime.image.tar.TarEntry.Time;
import java.util.ArrayList;
import java.util.List;

/** Calls on links, times, sizes and extended attributes, which nothing else in the house makes. Names are in a directory. */
final class Inodes {

    private static final int TIMESPEC = 16;
    /** XATTR_LIST_MAX and XATTR_SIZE_MAX of limits.h. */
    private static final int MOST_XATTR = 64 * 1024;

    private final Kernel kernel;
    private final Files files;
    private final Memory memory;

    Inodes(Linux linux) {
        this.kernel = linux.kernel;
        this.files = linux.files;
        this.memory = new Memory(kernel);
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

    /** llistxattr(2) of a directory, by its descriptor's path. @return none where its file system has no attributes (EOPNOTSUPP) */
    List<String> xattrs(Fd dir) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(MOST_XATTR);
            long result = kernel.call(Sys.LISTXATTR.nr, frame.string(dir.path()), buffer, MOST_XATTR);
            if (result == -Errno.EOPNOTSUPP.number) {
                return List.of();
            }
            check("listxattr", result);
            List<String> names = new ArrayList<>();
            for (long at = buffer; at < buffer + result; ) {
                String name = memory.name(at);
                names.add(name);
                while (kernel.getByte(at++) != 0) {
                    continue;
                }
            }
            return names;
        }
    }

    /** getxattr(2) of a directory, by its descriptor's path. @throws KernelException ENODATA when it has gone */
    byte[] xattr(Fd dir, String attribute) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(MOST_XATTR);
            long result = kernel.call(Sys.GETXATTR.nr, frame.string(dir.path()), frame.string(attribute), buffer, MOST_XATTR);
            check("getxattr " + attribute, result);
            byte[] value = new byte[(int) result];
            kernel.get(buffer, value, 0, value.length);
            return value;
        }
    }

    /** statx(2): when a file was last read, and when it was changed. */
    Time[] times(Fd file) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statx.SIZE);
            files.statx(file, FileFlags.STATX_BASIC_STATS, at);
            return new Time[] {time(at + Statx.ATIME), time(at + Statx.MTIME)};
        }
    }

    private Time time(long at) {
        return new Time(kernel.getLong(at), kernel.getInt(at + Long.BYTES));
    }

    private static void check(String what, long result) {
        if (result < 0) {
            throw KernelException.of(what, result);
        }
    }
}
