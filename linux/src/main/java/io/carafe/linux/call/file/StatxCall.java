package io.carafe.linux.call.file;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Struct.Stat;
import io.carafe.linux.abi.Struct.Statx;
import io.carafe.linux.abi.Sys;

/** statx(2), Linux 4.11. If a filter refuses it, newfstatat(2), which returns no mount id: as before Linux 5.8. */
final class StatxCall {

    private static final int FLAGS_OF_BOTH = FileFlags.AT_EMPTY_PATH | FileFlags.AT_SYMLINK_NOFOLLOW;

    private final Kernel kernel;
    private final Memory memory;
    private final AbsentCalls calls;

    StatxCall(Kernel kernel, Memory memory, AbsentCalls calls) {
        this.kernel = kernel;
        this.memory = memory;
        this.calls = calls;
    }

    /** @param at address of a struct statx. @return 0, or {@code -errno} */
    long call(int dir, long path, int flags, int mask, long at) {
        long result = calls.call(Sys.STATX, dir, path, flags, mask, at);
        return AbsentCalls.isAbsent(result) ? byStat(dir, path, flags, at) : result;
    }

    private long byStat(int dir, long path, int flags, long at) {
        try (Memory.Frame frame = memory.frame()) {
            long stat = frame.zeroed(Stat.SIZE);
            long result = kernel.call(Sys.NEWFSTATAT.nr, dir, path, stat, flags & FLAGS_OF_BOTH);
            if (result == 0) {
                kernel.put(at, new byte[Statx.SIZE], 0, Statx.SIZE);
                kernel.putInt(at + Statx.NLINK, kernel.getInt(stat + Stat.NLINK));
                kernel.putInt(at + Statx.UID, kernel.getInt(stat + Stat.UID));
                kernel.putInt(at + Statx.GID, kernel.getInt(stat + Stat.GID));
                kernel.putInt(at + Statx.MODE, kernel.getInt(stat + Stat.MODE));
                kernel.putLong(at + Statx.INO, kernel.getLong(stat + Stat.INO));
                kernel.putLong(at + Statx.DEVICE_SIZE, kernel.getLong(stat + Stat.DEVICE_SIZE));
                time(stat + Stat.ATIME, at + Statx.ATIME);
                time(stat + Stat.MTIME, at + Statx.MTIME);
                device(kernel.getLong(stat + Stat.DEV), at + Statx.DEV_MAJOR, at + Statx.DEV_MINOR);
                device(kernel.getLong(stat + Stat.RDEV), at + Statx.RDEV_MAJOR, at + Statx.RDEV_MINOR);
            }
            return result;
        }
    }

    private void time(long from, long to) {
        kernel.putLong(to, kernel.getLong(from));
        kernel.putInt(to + Long.BYTES, (int) kernel.getLong(from + Long.BYTES));
    }

    /** The kernel's encoding of dev_t (linux/kdev_t.h). */
    private void device(long device, long major, long minor) {
        kernel.putInt(major, (int) (device >>> 8 & 0xfff));
        kernel.putInt(minor, (int) (device & 0xff | device >>> 12 & ~0xffL));
    }
}
