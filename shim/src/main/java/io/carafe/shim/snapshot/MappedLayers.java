package io.carafe.shim.snapshot;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_RDONLY;
import static io.carafe.linux.abi.MountFlags.OPEN_TREE_CLONE;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers of an overlay with their ids mapped, each a clone in a directory of the bundle: overlayfs cannot be mapped itself, and takes
 * layers by their paths (Linux 5.19). They are there only until it is mounted, since it has clones of its own then.
 *
 * <p>They are read-only, as layers are: who removes the bundle with everything in it, should this process have died meanwhile, removes
 * nothing of an image.
 */
final class MappedLayers implements AutoCloseable {

    private static final String NAME = "/layers";
    private static final int OWN = 0700;

    private final Linux linux;
    private final String directory;

    /** @param bundle whose directory for them is made when there is one */
    MappedLayers(Linux linux, String bundle) {
        this.linux = linux;
        this.directory = bundle + NAME;
    }

    /**
     * Makes them.
     *
     * @param userNamespace borrowed
     * @return where they are, in the same order
     * @throws KernelException EINVAL for a file system that cannot have its ids mapped; ENOSYS before Linux 5.12
     */
    List<String> make(List<String> lowers, Fd userNamespace) {
        linux.paths.mkdirIfAbsent(Fd.CWD, directory, OWN);
        List<String> made = new ArrayList<>();
        for (String lower : lowers) {
            String path = directory + '/' + made.size();
            linux.paths.mkdirIfAbsent(Fd.CWD, path, OWN);
            try (Fd clone = linux.mounts.openTree(Fd.CWD, lower, OPEN_TREE_CLONE); Fd target = linux.files.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW)) {
                linux.mounts.setattr(clone, false, MOUNT_ATTR_RDONLY, 0, 0);
                linux.mounts.setIdMap(clone, false, userNamespace);
                linux.mounts.moveMount(clone, target);
            } catch (KernelException e) {
                throw e.during("map the ids of the layer " + lower).hint(Errno.EINVAL, "its file system cannot be mounted with ids mapped")
                        .hint(Errno.ENOSYS, "needs Linux 5.12");
            }
            made.add(path);
        }
        return made;
    }

    /** Those of this process and of one before it; none are fine. */
    @Override
    public void close() {
        Optional<Fd> opened = linux.files.openIfPresent(Fd.CWD, directory, O_DIRECTORY | O_NOFOLLOW);
        if (opened.isEmpty()) {
            return;
        }
        try (Fd here = opened.get()) {
            for (String name : linux.files.list(here, ".")) {
                unmount(directory + '/' + name);
                linux.paths.unlinkat(here, name, AT_REMOVEDIR);
            }
        }
        linux.paths.unlinkat(Fd.CWD, directory, AT_REMOVEDIR);
    }

    private void unmount(String path) {
        try {
            linux.mounts.umount2(path, MNT_DETACH);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) { // it was not mounted yet
                throw e;
            }
        }
    }
}
