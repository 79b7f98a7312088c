package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.ENOSPC;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.S_IFDIR;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.HashMap;
import java.util.Map;

/**
 * The option tmpcopyup: fills a new tmpfs with what the directory below it holds.
 *
 * <p>Each name is opened relative to the descriptor of its directory and never through a link, and what was opened is looked at
 * again, so a neighbour who swaps names meanwhile gets copied nothing that he could not have put there (CVE-2024-45310). Type,
 * permissions, owner, device numbers and hard links inside the tree are kept; times and extended attributes are not.
 *
 * @see "runtime-spec config.md, Linux mount options, tmpcopyup"
 */
public final class CopyUp {

    private final Linux linux;
    private final Fd top;
    /** Where a file with several names has been copied to already: inode and device of the original, path below the top. */
    private final Map<String, String> linked = new HashMap<>();

    private CopyUp(Linux linux, Fd top) {
        this.linux = linux;
        this.top = top;
    }

    /**
     * Copies what a directory holds, and its owner.
     *
     * @param below the directory, by a descriptor from before the mount
     * @param tmpfs the root of the new mount, empty
     * @throws KernelException ENOSPC when the tmpfs is too small; EPERM for a device in a user namespace; EINVAL for an owner
     *     that the user namespace does not map
     */
    public static void into(Linux linux, Fd below, Fd tmpfs) {
        FileStatus status = linux.files.fstat(below);
        int permissions = linux.files.fstat(tmpfs).permissions();
        new CopyUp(linux, tmpfs).directory(below, tmpfs, "");
        own(linux, tmpfs, "", AT_EMPTY_PATH, status);
        // A new owner takes the set-id bits away (chown(2)).
        linux.paths.fchmodat(tmpfs, ".", permissions);
    }

    private static void own(Linux linux, Fd directory, String name, int flags, FileStatus status) {
        linux.paths.fchownat(directory, name, status.uid(), status.gid(), flags);
    }

    /** @param path of both, relative to the top; empty or with a slash at the end */
    private void directory(Fd from, Fd to, String path) {
        for (String name : linux.files.list(from, ".")) {
            try {
                entry(from, to, name, path + name);
            } catch (KernelException e) {
                throw e.operation().startsWith("copy up ") ? e : e.as("copy up " + path + name)
                        .hint(ENOSPC, "the tmpfs is too small for what lies below it; see its size option")
                        .hint(EPERM, "a user namespace can make no device")
                        .hint(EINVAL, "the user namespace does not map its owner");
            }
        }
    }

    private void entry(Fd from, Fd to, String name, String path) {
        FileStatus status = linux.paths.statx(from, name, AT_SYMLINK_NOFOLLOW);
        if (status.links() > 1 && !status.isDirectory()) {
            String before = linked.putIfAbsent(status.deviceMajor() + ":" + status.deviceMinor() + ":" + status.inode(), path);
            if (before != null) {
                linux.paths.linkat(top, before, to, name);
                return;
            }
        }
        switch (status.type()) {
            case S_IFDIR:
                subdirectory(from, to, name, path);
                break;
            case S_IFREG:
                file(from, to, name);
                break;
            case S_IFLNK:
                linux.paths.symlinkat(linux.paths.readlinkat(from, name), to, name);
                own(linux, to, name, AT_SYMLINK_NOFOLLOW, status);
                break;
            default:
                linux.paths.mknodat(to, name, status.mode(), status.rdevMajor(), status.rdevMinor());
                own(linux, to, name, AT_SYMLINK_NOFOLLOW, status);
                linux.paths.fchmodat(to, name, status.permissions());
        }
    }

    private void subdirectory(Fd from, Fd to, String name, String path) {
        try (Fd source = linux.files.openat(from, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0)) {
            FileStatus status = linux.files.fstat(source);
            linux.paths.mkdirat(to, name, 0700);
            try (Fd copy = linux.files.openat(to, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0)) {
                directory(source, copy, path + "/");
                own(linux, copy, "", AT_EMPTY_PATH, status);
                linux.paths.fchmodat(copy, ".", status.permissions());
            }
        }
    }

    private void file(Fd from, Fd to, String name) {
        // O_NONBLOCK: what has become a FIFO meanwhile must not be waited for.
        try (Fd source = linux.files.openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)) {
            FileStatus status = linux.files.fstat(source);
            if (status.type() != S_IFREG) {
                throw new KernelException("open " + name, ELOOP).hint(ELOOP, "it was swapped while it was copied");
            }
            try (Fd copy = linux.files.openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)) {
                linux.files.copy(source, copy);
                linux.files.fchown(copy, status.uid(), status.gid());
                linux.files.fchmod(copy, status.permissions());
            }
        }
    }
}
