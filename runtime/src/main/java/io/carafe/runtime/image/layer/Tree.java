package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.RESOLVE_BENEATH;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_MAGICLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_SYMLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_XDEV;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.ImageException;
import java.util.List;
import java.util.Optional;

/** A layer's directories by descriptor; the last one stays open, as entries come directory by directory. */
final class Tree implements AutoCloseable {

    private static final long BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    private static final int MODE_OF_UNNAMED = 0755;

    private final Linux linux;
    private final Fd layer;
    private EntryPath openPath = new EntryPath(List.of());
    private Optional<Fd> open = Optional.empty();

    /** Borrows the layer's descriptor. */
    Tree(Linux linux, Fd layer) {
        this.linux = linux;
        this.layer = layer;
    }

    /**
     * A directory of the layer, O_PATH. Belongs to this tree, until the next one is asked for.
     *
     * <p>Directories that no entry named are made, for root and with mode 0755.
     *
     * @throws ImageException when a part of the path is a file, or a symbolic link, wherever that leads
     */
    Fd directory(EntryPath path) {
        if (path.isLayer()) {
            return layer;
        }
        if (open.isPresent() && openPath.equals(path)) {
            return open.get();
        }
        Fd found;
        try {
            found = openBeneath(path).orElseGet(() -> {
                make(path);
                return openBeneath(path).orElseThrow();
            });
        } catch (KernelException e) {
            throw inTheWay(e, path);
        }
        close();
        openPath = path;
        open = Optional.of(found);
        return found;
    }

    private static RuntimeException inTheWay(KernelException e, EntryPath path) {
        return e.is(Errno.ELOOP) || e.is(Errno.ENOTDIR)
                ? new ImageException("expected a path of directories only, found a symbolic link or a file on the way to " + path) : e;
    }

    private Optional<Fd> openBeneath(EntryPath path) {
        return linux.files.openat2IfPresent(layer, path.toString(), O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, BENEATH);
    }

    private void make(EntryPath path) {
        Optional<Fd> parent = path.parent().isLayer() ? Optional.empty() : openBeneath(path.parent());
        if (!path.parent().isLayer() && parent.isEmpty()) {
            make(path.parent());
            parent = openBeneath(path.parent());
        }
        Fd dir = parent.orElse(layer);
        if (linux.paths.mkdirIfAbsent(dir, path.name(), MODE_OF_UNNAMED)) {
            linux.paths.fchmodat(dir, path.name(), MODE_OF_UNNAMED); // whatever the umask
        }
        parent.ifPresent(Fd::close);
    }

    /** What stands at a path. @return empty where nothing does, or its directory is not there */
    Optional<FileStatus> find(EntryPath path) {
        if (path.isLayer()) {
            return Optional.of(linux.files.fstat(layer));
        }
        try {
            return linux.files.openat2IfPresent(layer, path.toString(), O_PATH | O_NOFOLLOW, 0, BENEATH).map(opened -> {
                try (opened) {
                    return linux.files.fstat(opened);
                }
            });
        } catch (KernelException e) {
            throw inTheWay(e, path);
        }
    }

    @Override
    public void close() {
        open.ifPresent(Fd::close);
        open = Optional.empty();
    }

    /** Removes a directory and all in it; fine where there is none. Follows no link, crosses no mount. */
    static void remove(Linux linux, Fd parent, String name) {
        Optional<FileStatus> status = linux.paths.statxIfPresent(parent, name, AT_SYMLINK_NOFOLLOW);
        if (status.isEmpty()) {
            return;
        }
        if (!status.get().isDirectory()) {
            linux.paths.unlinkat(parent, name, 0);
            return;
        }
        if ((status.get().mode() & 0700) != 0700) {
            linux.paths.fchmodat(parent, name, 0700); // an ordinary user cannot remove from a directory that he may not write
        }
        try (Fd dir = linux.files.openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)) {
            for (String child : linux.files.list(dir, ".")) {
                remove(linux, dir, child);
            }
        }
        linux.paths.unlinkat(parent, name, AT_REMOVEDIR);
    }
}
