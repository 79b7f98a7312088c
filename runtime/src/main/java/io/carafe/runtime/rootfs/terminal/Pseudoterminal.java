package io.carafe.runtime.rootfs.terminal;

import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.ENODEV;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.Errno.EXDEV;
import static io.carafe.linux.abi.FileFlags.DEVPTS_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_MAGICLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_SYMLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_XDEV;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;

/**
 * Both ends of a new pseudoterminal of the devpts on /dev/pts of the calling process's root: pty(7).
 *
 * <p>The directory is opened first and must be of a devpts; then {@code ptmx} is opened in it, past no link and no mount, and must
 * be the node that the kernel makes there. In a devpts nobody but the kernel makes names, so nothing can be swapped in between.
 * The peer comes from the master itself, by TIOCGPTPEER, and by no path.
 */
public final class Pseudoterminal implements AutoCloseable {

    private static final String DEV_PTS = "/dev/pts";
    private static final String PTMX = "ptmx";
    private static final String OPENING = "open /dev/pts/ptmx in the container";
    private static final String NO_DEVPTS = "process.terminal needs a devpts mounted on /dev/pts";
    /** mknod_ptmx of the kernel's fs/devpts. */
    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;
    private static final int PTMX_INODE = 2;

    private final Fd master;
    private final Fd peer;

    private Pseudoterminal(Fd master, Fd peer) {
        this.master = master;
        this.peer = peer;
    }

    /**
     * Opens a new one.
     *
     * @throws KernelException ENODEV, ENOENT when there is no devpts; EXDEV when something is mounted over its ptmx; ENOSPC when
     *     its option {@code max} or kernel.pty.max is reached
     */
    public static Pseudoterminal open(Linux linux) {
        Fd master = master(linux);
        try {
            linux.terminals.unlock(master);
            return new Pseudoterminal(master, linux.terminals.peer(master, O_RDWR | O_NOCTTY));
        } catch (KernelException e) {
            master.close();
            throw e;
        }
    }

    private static Fd master(Linux linux) {
        try (Fd devpts = open(linux, Fd.CWD, DEV_PTS, O_PATH | O_DIRECTORY, RESOLVE_NO_MAGICLINKS)) {
            if (linux.files.fstatfs(devpts).type() != DEVPTS_SUPER_MAGIC) {
                throw new KernelException(OPENING, ENODEV).hint(ENODEV, NO_DEVPTS);
            }
            Fd master = open(linux, devpts, PTMX, O_RDWR | O_NOCTTY | O_NOFOLLOW, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
            try {
                requirePtmx(linux, master);
                return master;
            } catch (KernelException e) {
                master.close();
                throw e;
            }
        } catch (KernelException e) {
            throw e.as(OPENING).hint(ENOENT, NO_DEVPTS).hint(EXDEV, "something is mounted over it")
                    .hint(ELOOP, "the way there leads through a link of /proc");
        }
    }

    private static void requirePtmx(Linux linux, Fd master) {
        FileStatus status = linux.files.fstat(master);
        if (linux.files.fstatfs(master).type() != DEVPTS_SUPER_MAGIC || status.inode() != PTMX_INODE
                || !status.isCharacterDevice(PTMX_MAJOR, PTMX_MINOR)) {
            throw new KernelException(OPENING, ENODEV).hint(ENODEV, "what is there is not the ptmx of a devpts");
        }
    }

    private static Fd open(Linux linux, Fd dir, String path, int flags, long resolve) {
        try {
            return linux.files.openat2(dir, path, flags, 0, resolve);
        } catch (KernelException e) {
            if (!e.is(ENOSYS) && !e.is(EPERM)) {
                throw e;
            }
            return linux.files.openat(dir, path, flags, 0); // until the floor is Linux 5.6
        }
    }

    /** The end that the user's side holds. Borrowed. */
    public Fd master() {
        return master;
    }

    /** The end that is the terminal of a program. Borrowed. */
    public Fd peer() {
        return peer;
    }

    @Override
    public void close() {
        master.close();
        peer.close();
    }
}
