package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.Errno.EAGAIN;
import static io.carafe.linux.Errno.EEXIST;
import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.ENOTDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One resolution of a path inside a root, a component at a time: to make what is missing, and for kernels without openat2(2)
 * (until the floor is Linux 5.6).
 *
 * <p>No component is opened through a link: a link is read and its text is walked like the rest, from the root when it is
 * absolute. {@code ..} goes back to the descriptor that was passed on the way in, and at the root nowhere; so whatever is
 * renamed or swapped meanwhile, every descriptor was reached from the root by names.
 */
final class Walk {

    /** As the kernel's MAXSYMLINKS. */
    private static final int LINKS = 40;
    /** How often something may appear or vanish between two calls. */
    private static final int SURPRISES = 256;
    private static final int DIRECTORY_MODE = 0755;

    private final Linux linux;
    private final Fd root;
    private final boolean followLinks;
    /** The directories between the root and where we are, innermost first. Ours to close. */
    private final Deque<Fd> passed = new ArrayDeque<>();
    private final Deque<String> ahead = new ArrayDeque<>();
    private int links = LINKS;
    private int surprises = SURPRISES;

    Walk(Linux linux, Fd root, boolean followLinks) {
        this.linux = linux;
        this.root = root;
        this.followLinks = followLinks;
    }

    /** What a component that is missing becomes. */
    private enum Missing { REFUSED, DIRECTORY, FILE }

    Fd open(ContainerPath path, int flags) {
        return walk(path, flags, Missing.REFUSED, 0);
    }

    Fd makeDirectory(ContainerPath path, int mode) {
        return walk(path, O_PATH | O_DIRECTORY, Missing.DIRECTORY, mode);
    }

    Fd makeFile(ContainerPath path, int mode) {
        return walk(path, O_PATH, Missing.FILE, mode);
    }

    private Fd walk(ContainerPath path, int flags, Missing missing, int mode) {
        push(path.components());
        try {
            while (!ahead.isEmpty()) {
                String name = ahead.pop();
                if (name.equals("..")) {
                    if (!passed.isEmpty()) {
                        passed.pop().close();
                    }
                } else if (!name.equals(".")) {
                    boolean last = ahead.isEmpty();
                    Optional<Fd> opened = step(name, last ? flags : O_PATH | O_DIRECTORY,
                            last || missing == Missing.REFUSED ? missing : Missing.DIRECTORY, last ? mode : DIRECTORY_MODE);
                    if (opened.isPresent() && last) {
                        return opened.get();
                    }
                    opened.ifPresent(passed::push);
                }
            }
            // The path ended in a directory that was passed already: /, or a link to .. or to /.
            return linux.files.openat(here(), ".", flags, 0);
        } finally {
            passed.forEach(Fd::close);
        }
    }

    /** Opens a component; empty when it has to be looked at again: it was a link, or has just been made. */
    private Optional<Fd> step(String name, int flags, Missing missing, int mode) {
        try {
            Fd opened = linux.files.openat(here(), name, flags | O_NOFOLLOW, 0);
            // With O_PATH alone a link is opened itself, which is for O_NOFOLLOW to ask.
            if ((flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW)) != O_PATH || !isLink(opened)) {
                return Optional.of(opened);
            }
            opened.close();
        } catch (KernelException e) {
            if (e.is(ENOENT) && missing != Missing.REFUSED) {
                make(name, missing, mode);
                return Optional.empty();
            }
            if (!e.is(ENOTDIR) && !e.is(ELOOP) || (flags & O_NOFOLLOW) != 0) {
                throw e;
            }
        }
        follow(name);
        return Optional.empty();
    }

    private void make(String name, Missing missing, int mode) {
        surprised(name);
        try {
            if (missing == Missing.DIRECTORY) {
                linux.paths.mkdirat(here(), name, mode);
            } else {
                linux.paths.mknodat(here(), name, S_IFREG | mode, 0, 0);
            }
        } catch (KernelException e) {
            if (!e.is(EEXIST)) {
                throw e;
            }
        }
        ahead.push(name);
    }

    /** Goes where a link points; what is no link, and no directory either, ends the walk. */
    private void follow(String name) {
        Optional<String> target = linkOf(here(), name);
        if (target.isEmpty()) {
            surprised(name);
            // Swapped meanwhile for a directory: look again.
            Optional<FileStatus> now = linux.paths.statxIfPresent(here(), name, AT_SYMLINK_NOFOLLOW);
            if (now.isPresent() && !now.get().isDirectory() && now.get().type() != S_IFLNK) {
                throw new KernelException("open " + name, ENOTDIR);
            }
            ahead.push(name);
            return;
        }
        if (!followLinks || links-- == 0) {
            throw new KernelException("open " + name, ELOOP);
        }
        if (target.get().startsWith("/")) {
            passed.forEach(Fd::close);
            passed.clear();
        }
        push(ContainerPath.split(target.get()));
    }

    private boolean isLink(Fd opened) {
        try {
            return linkOf(opened, "").isPresent();
        } catch (KernelException e) {
            opened.close();
            throw e;
        }
    }

    /** The text of a link; empty when it is none, or no more. */
    private Optional<String> linkOf(Fd directory, String name) {
        try {
            return Optional.of(linux.paths.readlinkat(directory, name));
        } catch (KernelException e) {
            if (e.is(EINVAL) || e.is(ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void surprised(String name) {
        if (surprises-- == 0) {
            throw new KernelException("open " + name, EAGAIN);
        }
    }

    private void push(List<String> components) {
        for (int i = components.size() - 1; i >= 0; i--) {
            ahead.push(components.get(i));
        }
    }

    private Fd here() {
        return passed.isEmpty() ? root : passed.peek();
    }
}
