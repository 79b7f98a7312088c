package io.carafe.linux.call;

import io.carafe.linux.abi.FileFlags;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permission bits, as st_mode
 * @param mountId of Linux 5.8; 0 before
 * @param mountRoot whether the file is the root of a mount; Linux 5.8
 */
public record FileStatus(int mode, int uid, int gid, long inode, int deviceMajor, int deviceMinor, int rdevMajor, int rdevMinor,
        long size, long links, long mountId, boolean mountRoot) {

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
        return inode == other.inode && deviceMajor == other.deviceMajor && deviceMinor == other.deviceMinor;
    }
}
