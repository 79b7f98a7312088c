package io.carafe.runtime.rootfs;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.overlay.OverlayRoot;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;

/** From a directory of the host to the root of the mount namespace. */
final class RootMount {

    private final Linux linux;
    private final Mounting mounting;

    RootMount(Linux linux, Mounting mounting) {
        this.linux = linux;
        this.mounting = mounting;
    }

    /** First of all: from here on nothing that is mounted reaches the host. */
    void detachFromHost(Step.HostPropagation step) {
        if (step.propagation() != 0) {
            linux.mounts.mount("", "/", "", step.propagation(), "");
            return;
        }
        // Up from the root directory to the first that is a mount's root: only there a propagation can be changed.
        Fd directory = linux.files.open(step.root().text(), O_PATH | O_DIRECTORY);
        try {
            while (!tryMakePrivate(directory)) {
                Fd below = directory;
                directory = linux.files.openat(below, "..", O_PATH | O_DIRECTORY, 0);
                below.close();
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
                throw e.hint(EINVAL, "the caller's / is no mount point, as in a chroot");
            }
            return false;
        }
    }

    /** The caller owns the result. */
    Root bind(Step.BindRoot step) {
        String path = step.root().text();
        try (Fd tree = mounting.clone(step.root(), true);
                Mountpoint at = Mountpoint.of(linux.files.open(path, O_PATH | O_DIRECTORY), true,
                        () -> linux.files.open(path, O_PATH | O_DIRECTORY))) {
            return Root.of(linux, mounting.attach(tree, true, at, MountOptions.propagating(step.propagation())));
        }
    }

    /** The caller owns the result. */
    Root overlay(Step.OverlayRoot step) {
        Root root = Root.of(linux, OverlayRoot.mount(linux, mounting, step.root(), step.layers()));
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
                throw e.hint(EINVAL, "the caller's root is no mount point, as in a chroot, or it is an initramfs");
            }
            if (step.shared()) {
                // Or letting go of the host's mounts would reach the host.
                mounting.propagate(host, MS_SLAVE | MS_REC);
            }
        }
        linux.mounts.umount2(".", MNT_DETACH);
    }
}
