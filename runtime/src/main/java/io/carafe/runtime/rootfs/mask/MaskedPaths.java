package io.carafe.runtime.rootfs.mask;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.ST_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.mount.Attributes;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;
import java.util.Optional;

/**
 * Hides paths, and makes paths read-only. Paths that are not there are passed over, as in runc: not every kernel has each file of
 * the usual lists. Below a mount that carafe has made it is the mount that has them or not, wherever a neighbour has renamed it to
 * ({@link Root}); and where its names lead elsewhere by now, what they lead to is hidden as well: a hook may have covered it.
 *
 * @see "runtime-spec config-linux.md, Masked Paths and Readonly Paths"
 */
public final class MaskedPaths implements AutoCloseable {

    /** What covers files. */
    public static final ContainerPath NULL = ContainerPath.of("/dev/null");
    private static final MountOptions READ_ONLY = MountOptions.with(Attributes.READ_ONLY);
    private static final MountOptions INERT = MountOptions.with(Attributes.INERT);

    private final Linux linux;
    private final Mounting mounting;
    private final Root root;
    /** Empty until the first path. */
    private Optional<Boolean> inPlace = Optional.empty();
    private Optional<Fd> nothing = Optional.empty();
    private Optional<Fd> emptyDirectory = Optional.empty();

    public MaskedPaths(Linux linux, Mounting mounting, Root root) {
        this.linux = linux;
        this.mounting = mounting;
        this.root = root;
    }

    /** A file is hidden by /dev/null, a directory by an empty one. */
    public void hide(ContainerPath path) {
        boolean byNames = areNamesElsewhere();
        root.openIfPresent(path, O_PATH).ifPresent(fd -> hide(path, fd));
        if (byNames) {
            root.openByNames(path, O_PATH).ifPresent(fd -> {
                try (fd) {
                    if (!isHidden(fd)) {
                        hide(path, fd);
                    }
                }
            });
        }
    }

    private boolean isHidden(Fd fd) {
        FileStatus status = linux.files.fstat(fd);
        Optional<Fd> cover = status.isDirectory() ? emptyDirectory : nothing;
        return cover.isPresent() && status.isSameFile(linux.files.fstat(cover.get()));
    }

    /** @param fd what is to be hidden; closed here */
    private void hide(ContainerPath path, Fd fd) {
        try (Mountpoint at = at(path, fd)) {
            if (!linux.files.fstat(at.fd()).isDirectory()) {
                cover(nothing(), at, path);
            } else if (emptyDirectory.isPresent()) {
                cover(emptyDirectory.get(), at, path);
            } else {
                // One file system for all: to unmake one takes the kernel longer than anything else here.
                emptyDirectory = Optional.of(mounting.mount("tmpfs", "tmpfs", INERT, at));
                root.covered(path);
            }
        }
    }

    private void cover(Fd with, Mountpoint at, ContainerPath path) {
        try (Fd copy = mounting.clone(with, false)) {
            mounting.attach(copy, false, at, MountOptions.NONE).close();
        }
        root.covered(path);
    }

    private boolean areNamesElsewhere() {
        if (inPlace.isEmpty()) {
            inPlace = Optional.of(root.areMountsInPlace());
        }
        return !inPlace.get();
    }

    /** The container's null device: looked at after it was opened, and never opened again (CVE-2025-31133). */
    private Fd nothing() {
        if (nothing.isEmpty()) {
            Fd fd = root.openIfPresent(NULL, O_PATH | O_NOFOLLOW).orElseThrow(() -> new KernelException("open /dev/null", ENOENT));
            nothing = Optional.of(fd);
            if (!linux.files.fstat(fd).isCharacterDevice(1, 3)) {
                throw new KernelException("open /dev/null", EINVAL).hint(EINVAL, "what the container has there is not the null device");
            }
        }
        return nothing.get();
    }

    /** Binds it onto itself; what is mounted below it stays as it is. */
    public void makeReadOnly(ContainerPath path) {
        boolean byNames = areNamesElsewhere();
        root.openIfPresent(path, O_PATH).ifPresent(fd -> makeReadOnly(path, fd));
        if (byNames) {
            root.openByNames(path, O_PATH).ifPresent(fd -> {
                try (fd) {
                    if ((linux.files.fstatfs(fd).flags() & ST_RDONLY) == 0) {
                        makeReadOnly(path, fd);
                    }
                }
            });
        }
    }

    /** @param fd closed here */
    private void makeReadOnly(ContainerPath path, Fd fd) {
        try (Mountpoint at = at(path, fd); Fd copy = mounting.clone(at.fd(), true)) {
            Fd top = mounting.attach(copy, true, at, READ_ONLY);
            if (root.hasMounted(path)) {
                root.mounted(path, top);
            } else {
                root.covered(path);
                top.close();
            }
        }
    }

    private Mountpoint at(ContainerPath path, Fd fd) {
        return Mountpoint.of(fd, true, () -> root.openMounted(path));
    }

    @Override
    public void close() {
        nothing.ifPresent(Fd::close);
        emptyDirectory.ifPresent(Fd::close);
    }
}
