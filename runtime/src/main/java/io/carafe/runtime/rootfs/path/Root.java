package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.Errno.EAGAIN;
import static io.carafe.linux.Errno.EEXIST;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.ENOTDIR;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.RESOLVE_IN_ROOT;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_SYMLINKS;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/**
 * The root directory of a container's tree, held by a descriptor: the only way from a {@link ContainerPath} to a file.
 *
 * <p>Every path is resolved inside it by openat2(2) with RESOLVE_IN_ROOT: an absolute link starts here again, {@code ..} does
 * not climb out, links of /proc that jump elsewhere are refused. Before Linux 5.6 {@link Walk} does the same by hand.
 *
 * <p>Every descriptor returned is close-on-exec and belongs to the caller; errors name the path as the container has it.
 */
public final class Root implements AutoCloseable {

    /** A neighbour that renames without pause makes openat2 answer EAGAIN; one that never pauses may win this often. */
    private static final int TRIES = 256;

    private static final String CHANGING = "the path is being changed while it is looked up";

    private final Linux linux;
    private final Fd directory;
    private boolean openat2 = true;

    private Root(Linux linux, Fd directory) {
        this.linux = linux;
        this.directory = directory;
    }

    /** @param directory becomes this object's, which closes it */
    public static Root of(Linux linux, Fd directory) {
        return new Root(linux, directory);
    }

    /** The root directory itself. Borrowed. */
    public Fd directory() {
        return directory;
    }

    /**
     * Opens what a path leads to, links followed inside the root.
     *
     * @param flags of open(2), without O_CREAT
     */
    public Fd open(ContainerPath path, int flags) {
        return openIfPresent(path, flags).orElseThrow(() -> new KernelException(opening(path), ENOENT));
    }

    /** The same, where an absent file is an answer: empty on ENOENT. */
    public Optional<Fd> openIfPresent(ContainerPath path, int flags) {
        return resolve(path, flags, RESOLVE_IN_ROOT);
    }

    /** The same, where the way must have no link at all. @throws KernelException ELOOP where it has */
    public Optional<Fd> openWithoutLinks(ContainerPath path, int flags) {
        return resolve(path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
    }

    private Optional<Fd> resolve(ContainerPath path, int flags, long resolve) {
        try {
            for (int tries = TRIES; openat2; tries--) {
                try {
                    return linux.files.openat2IfPresent(directory, path.text(), flags, 0, resolve);
                } catch (KernelException e) {
                    if (e.is(ENOSYS)) {
                        openat2 = false; // until the floor is Linux 5.6
                    } else if (!e.is(EAGAIN) || tries == 0) {
                        throw e;
                    }
                }
            }
            return Optional.of(new Walk(linux, directory, (resolve & RESOLVE_NO_SYMLINKS) == 0).open(path, flags));
        } catch (KernelException e) {
            if (e.is(ENOENT)) {
                return Optional.empty();
            }
            throw e.as(opening(path)).hint(EAGAIN, CHANGING);
        }
    }

    /**
     * A directory by O_PATH; it and what is missing above it are made. A link whose target is missing is followed, and the
     * target is made inside the root. Each step is relative to the descriptor of the one before (CVE-2024-45310).
     *
     * @param mode of the last component where it is made, less the umask; 0755 for those above it
     * @throws KernelException ENOTDIR when something else stands there
     */
    public Fd makeDirectory(ContainerPath path, int mode) {
        return make(path, mode, O_DIRECTORY);
    }

    /** A file by O_PATH; when nothing is there, an empty regular file is made, and missing directories above it. */
    public Fd makeFile(ContainerPath path, int mode) {
        return make(path, mode, 0);
    }

    /** Who calls this has most often seen that only the last component is missing: two calls below its parent. */
    private Fd make(ContainerPath path, int mode, int kind) {
        try (Fd parent = open(path.parent(), O_PATH | O_DIRECTORY)) {
            if (kind == O_DIRECTORY) {
                linux.paths.mkdirat(parent, path.name(), mode);
            } else {
                linux.paths.mknodat(parent, path.name(), S_IFREG | mode, 0, 0);
            }
            return linux.files.openat(parent, path.name(), O_PATH | O_NOFOLLOW | kind, 0);
        } catch (KernelException e) {
            // It is there, or is a link, or more is missing, or somebody was faster.
            if (!e.is(EEXIST) && !e.is(ENOENT) && !e.is(ENOTDIR)) {
                throw e.as(making(path));
            }
        }
        try {
            Walk walk = new Walk(linux, directory, true);
            return kind == O_DIRECTORY ? walk.makeDirectory(path, mode) : walk.makeFile(path, mode);
        } catch (KernelException e) {
            throw e.as(making(path)).hint(EAGAIN, CHANGING);
        }
    }

    private static String making(ContainerPath path) {
        return "make " + path + " in the container";
    }

    private static String opening(ContainerPath path) {
        return "open " + path + " in the container";
    }

    @Override
    public void close() {
        directory.close();
    }
}
