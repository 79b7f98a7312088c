package io.carafe.linux.abi;

/** open(2), openat2(2), *at(2), statx(2), ioctl_tty(2) and mode bits. Four open flags differ between x86_64 and aarch64 (asm/fcntl.h). */
public final class FileFlags {

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_NOCTTY = 0400;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int SPLICE_F_NONBLOCK = 2;
    public static final int O_DIRECTORY = Arch.HERE == Arch.X86_64 ? 0200000 : 040000;
    /** With O_DIRECTORY, as __O_TMPFILE is nothing alone. */
    public static final int O_TMPFILE = 020000000 | O_DIRECTORY;
    public static final int O_NOFOLLOW = Arch.HERE == Arch.X86_64 ? 0400000 : 0100000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_PATH = 010000000;

    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int AT_RECURSIVE = 0x8000;

    public static final long RESOLVE_NO_XDEV = 0x01;
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    public static final long RESOLVE_BENEATH = 0x08;
    public static final long RESOLVE_IN_ROOT = 0x10;

    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 060000;
    public static final int S_IFDIR = 040000;
    public static final int S_IFCHR = 020000;
    public static final int S_IFIFO = 010000;

    public static final int STATX_BASIC_STATS = 0x7ff;
    public static final int STATX_MNT_ID = 0x1000;
    public static final long STATX_ATTR_MOUNT_ROOT = 0x2000;

    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int F_GETLK = 5;
    public static final int F_SETLK = 6;
    public static final int F_WRLCK = 1;
    public static final int F_UNLCK = 2;
    public static final int O_ACCMODE = 3;
    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_ADD_SEALS = 1033;
    public static final int F_GET_SEALS = 1034;
    public static final int FD_CLOEXEC = 1;
    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;
    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;
    /** Linux 6.3: without it the sysctl vm.memfd_noexec may make the file one that cannot be executed. */
    public static final int MFD_EXEC = 0x10;

    public static final int RENAME_EXCHANGE = 2;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    /** statfs(2), f_flags: the mount is read-only. */
    public static final long ST_RDONLY = 1;
    public static final long PROC_SUPER_MAGIC = 0x9fa0;
    public static final long DEVPTS_SUPER_MAGIC = 0x1cd1;
    public static final long CGROUP2_SUPER_MAGIC = 0x63677270;
    public static final long CGROUP_SUPER_MAGIC = 0x27e0eb;
    public static final long TMPFS_MAGIC = 0x01021994;
    public static final long NSFS_MAGIC = 0x6e736673;
    public static final long SELINUX_MAGIC = 0xf97cff8cL;
    public static final long RDTGROUP_SUPER_MAGIC = 0x7655821;

    public static final int CLOSE_RANGE_CLOEXEC = 4;

    public static final int TCGETS = 0x5401;
    public static final int TCSETS = 0x5402;
    public static final int TIOCSCTTY = 0x540e;
    public static final int TIOCGWINSZ = 0x5413;
    public static final int TIOCSWINSZ = 0x5414;
    public static final int TIOCGPTN = 0x80045430;
    public static final int TIOCSPTLCK = 0x40045431;
    /** Linux 4.13. */
    public static final int TIOCGPTPEER = 0x5441;

    private FileFlags() {
    }
}
