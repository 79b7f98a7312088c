package io.carafe.runtime.rootfs;

import static io.carafe.linux.Errno.EACCES;
import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.MS_MOVE;
import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.overlay.OverlayRoot;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.runtime.rootfs.source.Source;
import io.carafe.runtime.rootfs.source.Sources;
import java.util.List;

/** From a directory of the host to the root of the mount namespace. */
final class RootMount {

    private static final String NO_MOUNT_POINT = "the caller's / is no mount point, as in a chroot: `mount --bind DIR DIR` before"
            + " `chroot DIR` makes it one";

    private final Linux linux;
    private final Mounting mounting;
    private final Sources sources;

    RootMount(Linux linux, Mounting mounting, Sources sources) {
        this.linux = linux;
        this.mounting = mounting;
        this.sources = sources;
    }

    /** First of all: from here on nothing that is mounted reaches the host. */
    void detachFromHost(Step.HostPropagation step) {
        if (step.propagation() != 0) {
            try {
                linux.mounts.mount("", "/", "", step.propagation(), "");
            } catch (KernelException e) {
                throw e.hint(EINVAL, NO_MOUNT_POINT);
            }
            return;
        }
        // Up from the root directory to the first that is a mount's root: only there a propagation can be changed.
        Fd directory = sources.open(Source.directory(step.root()));
        try {
            while (!tryMakePrivate(directory)) {
                Fd below = directory;
                directory = linux.files.openat(below, "..", O_PATH | O_DIRECTORY, 0);
                below.close();
            }
        } catch (KernelException e) {
            // Closed to a user namespace; there the kernel itself has made every shared mount of the host's a slave (mount_namespaces(7)).
            if (!e.is(EACCES)) {
                throw e;
            }
        } finally {
            directory.close();
        }
    }

    /** @return whether it was a mount's root; the topmost directory must be one */
    private boolean tryMakePrivate(Fd directory) {
        try {
            mounting.propagate(directory, MS_PRIVATE);
            return true;
        } catch (KernelException e) {
            boolean top = linux.files.fstat(directory).isSameFile(linux.paths.statx(Fd.CWD, "/", 0));
            if (!e.is(EINVAL) || top) {
                throw e.hint(EINVAL, NO_MOUNT_POINT);
            }
            return false;
        }
    }

    /** The caller owns the result. */
    Root bind(Step.BindRoot step) {
        Source directory = Source.directory(step.root());
        try (Fd tree = sources.open(step.tree()); Mountpoint at = Mountpoint.of(sources.open(directory), true, () -> sources.open(directory))) {
            return Root.of(linux, mounting.attach(tree, true, at, MountOptions.propagating(step.propagation())));
        }
    }

    /** The caller owns the result. */
    Root overlay(Step.OverlayRoot step) {
        Root root = Root.of(linux, OverlayRoot.mount(linux, mounting, sources, step.root(), step.layers()));
        try {
            if (step.propagation() != 0) {
                mounting.propagate(root.directory(), step.propagation());
            }
            return root;
        } catch (KernelException e) {
            root.close();
            throw e;
        }
    }

    /** pivot_root(2), "pivot_root(".", ".")": the old root comes to lie on the new one, and is let go from there. */
    void pivot(Step.Pivot step, Root root) {
        linux.paths.fchdir(root.directory());
        try (Fd host = linux.files.open("/", O_PATH | O_DIRECTORY)) {
            try {
                linux.mounts.pivotRoot(".", ".");
            } catch (KernelException e) {
                throw e.hint(EINVAL, "an initramfs cannot be pivoted: use --no-pivot; or " + NO_MOUNT_POINT);
            }
            if (step.shared()) {
                // Or letting go of the host's mounts would reach the host.
                mounting.propagate(host, MS_SLAVE | MS_REC);
            }
        }
        linux.mounts.umount2(".", MNT_DETACH);
    }

    /** The caller owns the result. */
    Root open(Step.OpenRoot step) {
        return Root.of(linux, sources.open(Source.directory(step.root())));
    }

    /** chroot(2): the working directory is the new root then. */
    void enter(Root root) {
        linux.paths.fchdir(root.directory());
        linux.paths.chroot(".");
        linux.paths.chdir("/");
    }

    /** MS_MOVE of mount(2) onto the host's root, and chroot(2). */
    void move(Root root) {
        linux.paths.fchdir(root.directory());
        hideHost(linux.paths.getcwd());
        // What rootfsPropagation leaves shared must not take this one mount to the host's root.
        linux.mounts.mount("", "/", "", MS_PRIVATE, "");
        linux.paths.fchdir(root.directory());
        try {
            linux.mounts.mount(".", "/", "", MS_MOVE, "");
        } catch (KernelException e) {
            throw e.as("mount MS_MOVE").hint(EINVAL, NO_MOUNT_POINT);
        }
        enter(root);
    }

    /**
     * The host's procfs and sysfs would stay below the new root, in full: with them in its namespace a container may mount new
     * ones that hide nothing, too.
     */
    private void hideHost(String rootPath) {
        List<MountInfo> mounts = MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo"));
        mounts.removeIf(mount -> isWithin(mount.mountPoint(), rootPath));
        // Letting go reaches every peer of the mount below (mount_namespaces(7)): which that is of them is all the same.
        mounts.forEach(mount -> makeSlave(mount.mountPoint()));
        for (int i = mounts.size() - 1; i >= 0; i--) {
            MountInfo mount = mounts.get(i);
            boolean kernels = mount.type().equals("proc") || mount.type().equals("sysfs");
            if (kernels) {
                hide(mount.mountPoint(), mounts.stream().filter(other -> other.mountPoint().equals(mount.mountPoint())).count() > 1);
            }
        }
    }

    private void makeSlave(String path) {
        try {
            linux.mounts.mount("", path, "", MS_SLAVE, "");
        } catch (KernelException e) {
            if (!e.is(ENOENT) && !e.is(EINVAL)) { // another mount covers the way there
                throw e;
            }
        }
    }

    private static boolean isWithin(String path, String root) {
        return path.equals(root) || path.startsWith(root) && path.charAt(root.length()) == '/';
    }

    /** @param covers whether another mount lies below it at the same place: that one cannot be made a slave, as no path leads there */
    private void hide(String path, boolean covers) {
        try {
            if (!covers) {
                linux.mounts.umount2(path, MNT_DETACH);
                return;
            }
        } catch (KernelException e) {
            if (e.is(ENOENT)) {
                return; // another mount covers the way there
            }
            if (!e.is(EINVAL) && !e.is(EPERM)) {
                throw e;
            }
        }
        linux.mounts.mount("tmpfs", path, "tmpfs", 0, ""); // a user namespace may uncover nothing (mount_namespaces(7))
    }
}
