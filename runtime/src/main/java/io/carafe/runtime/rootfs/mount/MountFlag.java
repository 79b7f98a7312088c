package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NOATIME;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NODEV;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NODIRATIME;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NOEXEC;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NOSUID;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NOSYMFOLLOW;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_RDONLY;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_RELATIME;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_STRICTATIME;
import static io.carafe.linux.abi.MountFlags.MS_DIRSYNC;
import static io.carafe.linux.abi.MountFlags.MS_I_VERSION;
import static io.carafe.linux.abi.MountFlags.MS_LAZYTIME;
import static io.carafe.linux.abi.MountFlags.MS_MANDLOCK;
import static io.carafe.linux.abi.MountFlags.MS_NOATIME;
import static io.carafe.linux.abi.MountFlags.MS_NODEV;
import static io.carafe.linux.abi.MountFlags.MS_NODIRATIME;
import static io.carafe.linux.abi.MountFlags.MS_NOEXEC;
import static io.carafe.linux.abi.MountFlags.MS_NOSUID;
import static io.carafe.linux.abi.MountFlags.MS_NOSYMFOLLOW;
import static io.carafe.linux.abi.MountFlags.MS_RDONLY;
import static io.carafe.linux.abi.MountFlags.MS_RELATIME;
import static io.carafe.linux.abi.MountFlags.MS_SILENT;
import static io.carafe.linux.abi.MountFlags.MS_STRICTATIME;
import static io.carafe.linux.abi.MountFlags.MS_SYNCHRONOUS;

/**
 * One flag of a mount or of its file system, and its name in each of the four calls that know it: mount(2), mount_setattr(2),
 * statfs(2), fsconfig(2).
 */
enum MountFlag {
    RDONLY(MS_RDONLY, MOUNT_ATTR_RDONLY, 0x1),
    NOSUID(MS_NOSUID, MOUNT_ATTR_NOSUID, 0x2),
    NODEV(MS_NODEV, MOUNT_ATTR_NODEV, 0x4),
    NOEXEC(MS_NOEXEC, MOUNT_ATTR_NOEXEC, 0x8),
    NOSYMFOLLOW(MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, 0x2000),
    NODIRATIME(MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, 0x800),
    NOATIME(MS_NOATIME, MOUNT_ATTR_NOATIME, 0x400),
    RELATIME(MS_RELATIME, MOUNT_ATTR_RELATIME, 0x1000),
    // statfs(2) has no bit for it: it is the absence of the two above.
    STRICTATIME(MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, 0),

    SYNCHRONOUS(MS_SYNCHRONOUS, "sync"),
    DIRSYNC(MS_DIRSYNC, "dirsync"),
    MANDLOCK(MS_MANDLOCK, "mand"),
    LAZYTIME(MS_LAZYTIME, "lazytime"),
    // fsconfig(2) has no word for these two; mount(2) does.
    I_VERSION(MS_I_VERSION, ""),
    SILENT(MS_SILENT, "");

    /** The bit of mount(2). */
    final long ms;
    /** Of mount_setattr(2): a bit, or for the three atime flags a value within MOUNT_ATTR__ATIME. */
    final long attribute;
    /** The bit of statfs(2)'s f_flags. */
    final long st;
    /** The word of fsconfig(2), FSCONFIG_SET_FLAG; empty where there is none. */
    final String word;
    /** Whether it belongs to a mount, and not to the file system behind it. */
    final boolean ofMount;

    MountFlag(long ms, long attribute, long st) {
        this.ms = ms;
        this.attribute = attribute;
        this.st = st;
        this.word = "";
        this.ofMount = true;
    }

    MountFlag(long ms, String word) {
        this.ms = ms;
        this.attribute = 0;
        this.st = 0;
        this.word = word;
        this.ofMount = false;
    }

    boolean isAtime() {
        return this == NOATIME || this == RELATIME || this == STRICTATIME;
    }
}
