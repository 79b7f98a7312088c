package io.carafe.linux.call.file;

import io.carafe.linux.Kernel;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Struct.Statx;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permission bits, as st_mode
 * @param mountId of Linux 5.8; 0 before
 * @param mountRoot whether the file is the root of a mount; Linux 5.8
 */
public record FileStatus(int mode, int uid, int gid, long inode, int deviceMajor, int deviceMinor, int rdevMajor, int rdevMinor,
        long size, long links, long mountId, boolean mountRoot) {

    /** The mask of statx(2) for what a status holds. */
    static final int ASKED = FileFlags.STATX_BASIC_STATS | FileFlags.STATX_MNT_ID;

    /** Of a struct statx. */
    static FileStatus at(Kernel kernel, long at) {
        return new FileStatus(kernel.getInt(at + Statx.MODE) & 0xffff, kernel.getInt(at + Statx.UID), kernel.getInt(at + Statx.GID),
                kernel.getLong(at + Statx.INO), kernel.getInt(at + Statx.DEV_MAJOR), kernel.getInt(at + Statx.DEV_MINOR),
                kernel.getInt(at + Statx.RDEV_MAJOR), kernel.getInt(at + Statx.RDEV_MINOR), kernel.getLong(at + Statx.DEVICE_SIZE),
                kernel.getInt(at + Statx.NLINK), kernel.getLong(at + Statx.MNT_ID),
                (kernel.getLong(at + Statx.ATTRIBUTES) & FileFlags.STATX_ATTR_MOUNT_ROOT) != 0);
    }

    /** One of the S_IF… values. */
    public int type() {
        return mode & FileFlags.S_IFMT;
    }

    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == FileFlags.S_IFDIR;
    }

    public boolean isCharacterDevice(int major, int minor) {
        return type() == FileFlags.S_IFCHR && rdevMajor == major && rdevMinor == minor;
    }

    /** Whether both descriptions are of one file. */
    public boolean isSameFile(FileStatus other) {
        return inode == other.inode && isSameFileSystem(other);
    }

    public boolean isSameFileSystem(FileStatus other) {
        return deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
    }
}
