package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.Errno.EAGAIN;
import static io.carafe.linux.Errno.EEXIST;
import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.ENOTDIR;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.Errno.EROFS;
import static io.carafe.linux.Errno.EXDEV;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.RESOLVE_BENEATH;
import static io.carafe.linux.abi.FileFlags.RESOLVE_IN_ROOT;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_SYMLINKS;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The root directory of a container's tree, held by a descriptor: the only way from a {@link ContainerPath} to a file.
 *
 * <p>Every path is resolved inside it by openat2(2) with RESOLVE_IN_ROOT: an absolute link starts here again, {@code ..} does
 * not climb out, links of /proc that jump elsewhere are refused. Before Linux 5.6 {@link Walk} does the same by hand.
 *
 * <p>What lies below a mount that carafe has made here is looked up from that mount's descriptor. A neighbour who shares the root
 * directory may rename the place: where he is it is no mount point, and the mount goes along with it (rename(2), since Linux 3.18).
 *
 * <p>Every descriptor returned is close-on-exec and belongs to the caller; errors name the path as the container has it.
 */
public final class Root implements AutoCloseable {

    /** A neighbour that renames without pause makes openat2 answer EAGAIN; one that never pauses may win this often. */
    private static final int TRIES = 256;

    private static final String READ_ONLY = "what is mounted above it is read-only, and has nothing there";
    private static final String CHANGING = "the path is being changed while it is looked up";

    private final Linux linux;
    private final Fd directory;
    /** By their paths. */
    private final NavigableMap<String, Mounted> mounted = new TreeMap<>();
    private boolean openat2 = true;

    /** A mount in this tree, by the path that it was put on. */
    private record Mounted(ContainerPath at, Fd mount) {

        /** From the mount; {@code .} for its root. */
        String rest(ContainerPath path) {
            return path.equals(at) ? "." : path.text().substring(at.text().length() + 1);
        }
    }

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
     * From now on paths below begin at this mount, which lies on top of what was there.
     *
     * @param mount its root; becomes this object's, which closes it
     */
    public void mounted(ContainerPath at, Fd mount) {
        covered(at);
        mounted.put(at.text(), new Mounted(at, mount));
    }

    /** Something was mounted on a path that nothing is looked up below: mounts that lie there are not what their paths lead to any more. */
    public void covered(ContainerPath at) {
        // '0' comes next after '/'.
        Map<String, Mounted> below = at.isRoot() ? mounted : mounted.subMap(at.text() + '/', at.text() + '0');
        below.values().forEach(one -> one.mount().close());
        below.clear();
        Mounted itself = mounted.remove(at.text());
        if (itself != null) {
            itself.mount().close();
        }
    }

    /** Whether paths below begin at a mount on it. */
    public boolean hasMounted(ContainerPath at) {
        return mounted.containsKey(at.text());
    }

    /** Whether each of the mounts is what its names lead to from the root directory. Kernels before 5.8 cannot tell: false. */
    public boolean areMountsInPlace() {
        for (Mounted one : mounted.values()) {
            Optional<Fd> found = openByNames(one.at(), O_PATH);
            try {
                long id = linux.files.fstat(one.mount()).mountId();
                if (found.isEmpty() || id == 0 || linux.files.fstat(found.get()).mountId() != id) {
                    return false;
                }
            } finally {
                found.ifPresent(Fd::close);
            }
        }
        return true;
    }

    private Optional<Mounted> deepest(ContainerPath path, boolean orItself) {
        Mounted deepest = orItself ? mounted.get(path.text()) : null;
        for (int slash = path.text().lastIndexOf('/'); deepest == null && slash > 0 && !mounted.isEmpty(); slash = path.text().lastIndexOf('/', slash - 1)) {
            deepest = mounted.get(path.text().substring(0, slash));
        }
        return Optional.ofNullable(deepest);
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

    /** The same, by every name from the root directory on, wherever mounts have been made. */
    public Optional<Fd> openByNames(ContainerPath path, int flags) {
        return resolve(path, Optional.empty(), flags, RESOLVE_IN_ROOT);
    }

    /** What lies on top of a path on which something has just been mounted. @throws KernelException ENOENT when the path has vanished */
    public Fd openMounted(ContainerPath path) {
        return openMounted(path, true);
    }

    /** The same. @param follows whether a link at the end is followed, or was covered itself */
    public Fd openMounted(ContainerPath path, boolean follows) {
        return resolve(path, deepest(path, false), O_PATH | (follows ? 0 : O_NOFOLLOW), RESOLVE_IN_ROOT).orElseThrow(() -> new KernelException(opening(path), ENOENT));
    }

    private Optional<Fd> resolve(ContainerPath path, int flags, long resolve) {
        return resolve(path, deepest(path, true), flags, resolve);
    }

    private Optional<Fd> resolve(ContainerPath path, Optional<Mounted> from, int flags, long resolve) {
        if (from.isEmpty()) {
            return resolve(path, directory, path.text(), flags, resolve);
        }
        Fd mount = from.get().mount();
        String rest = from.get().rest(path);
        boolean withoutLinks = (resolve & RESOLVE_NO_SYMLINKS) != 0;
        try {
            return resolve(path, mount, rest, flags, resolve & ~RESOLVE_IN_ROOT | RESOLVE_BENEATH);
        } catch (KernelException e) {
            // A link that leads out of the mount: an absolute one, or by "..". Before Linux 5.6 any link.
            if (withoutLinks || !e.is(EXDEV) && !(e.is(ELOOP) && !openat2)) {
                throw e;
            }
            return resolve(path, Optional.empty(), flags, resolve);
        }
    }

    private Optional<Fd> resolve(ContainerPath path, Fd start, String text, int flags, long resolve) {
        try {
            for (int tries = TRIES; openat2; tries--) {
                try {
                    return linux.files.openat2IfPresent(start, text, flags, 0, resolve);
                } catch (KernelException e) {
                    if (e.is(ENOSYS)) {
                        openat2 = false; // until the floor is Linux 5.6
                    } else if (e.is(EPERM)) {
                        break; // a filter's answer, or the file's: then the walk gets it, too
                    } else if (!e.is(EAGAIN) || tries == 0) {
                        throw e;
                    }
                }
            }
            boolean fromRoot = start == directory;
            return Optional.of(new Walk(linux, start, fromRoot && (resolve & RESOLVE_NO_SYMLINKS) == 0)
                    .open(fromRoot ? path : ContainerPath.of(text), flags));
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
                throw e.as(making(path)).hint(EROFS, READ_ONLY);
            }
        }
        try {
            Optional<Mounted> from = deepest(path, false);
            if (from.isPresent()) {
                try {
                    return walk(new Walk(linux, from.get().mount(), false), ContainerPath.of(from.get().rest(path)), mode, kind);
                } catch (KernelException e) {
                    if (!e.is(ELOOP)) {
                        throw e;
                    }
                }
            }
            return walk(new Walk(linux, directory, true), path, mode, kind);
        } catch (KernelException e) {
            throw e.as(making(path)).hint(EAGAIN, CHANGING).hint(EROFS, READ_ONLY);
        }
    }

    private static Fd walk(Walk walk, ContainerPath path, int mode, int kind) {
        return kind == O_DIRECTORY ? walk.makeDirectory(path, mode) : walk.makeFile(path, mode);
    }

    private static String making(ContainerPath path) {
        return "make " + path + " in the container";
    }

    private static String opening(ContainerPath path) {
        return "open " + path + " in the container";
    }

    @Override
    public void close() {
        covered(ContainerPath.ROOT);
        directory.close();
    }
}
