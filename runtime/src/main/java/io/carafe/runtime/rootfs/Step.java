package io.carafe.runtime.rootfs;

import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SHARED;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;

import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.overlay.Layers;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One thing to do on the way to a container's tree. */
public sealed interface Step {

    /** What it does, as the subject of an error and a line of the printed plan. */
    String text();

    /** What of the host it opens. */
    default List<Source> sources() {
        return List.of();
    }

    /** A step that looks a path of the container up. */
    sealed interface Placed extends Step {

        ContainerPath at();
    }

    /**
     * Gives every mount of the new namespace, which are the host's, a propagation. The container's mounts must not reach the
     * host; whether the host's reach the container is for {@code rootfsPropagation} to say.
     *
     * @param propagation MS_SLAVE or MS_PRIVATE, with MS_REC; 0 leaves them in the host's peer groups, all but the one that the
     *     root directory is in: pivot_root(2) refuses a shared parent
     */
    record HostPropagation(HostPath root, long propagation) implements Step {
        @Override
        public List<Source> sources() {
            return List.of(Source.directory(root));
        }

        @Override
        public String text() {
            return "make " + (propagation == 0 ? "the mount of " + root + " private" : "the host's mounts " + word(propagation));
        }
    }

    /** Binds the root directory, with what is mounted below it, onto itself: pivot_root(2) wants a mount. */
    record BindRoot(HostPath root, long propagation) implements Step {
        Source tree() {
            return Source.tree(root, true);
        }

        @Override
        public List<Source> sources() {
            return List.of(tree(), Source.directory(root));
        }

        @Override
        public String text() {
            return "bind root.path " + root + " onto itself";
        }
    }

    /** Opens the root directory as it is: in a mount namespace of others nothing may be mounted. */
    record OpenRoot(HostPath root) implements Step {
        @Override
        public List<Source> sources() {
            return List.of(Source.directory(root));
        }

        @Override
        public String text() {
            return "open root.path " + root;
        }
    }

    /** Mounts an overlay of layers on the root directory, in the place of the bind. */
    record OverlayRoot(HostPath root, Layers layers, long propagation) implements Step {
        @Override
        public List<Source> sources() {
            List<Source> sources = new ArrayList<>(List.of(Source.directory(root)));
            layers.lower().forEach(layer -> sources.add(Source.directory(layer)));
            layers.upper().ifPresent(upper -> sources.addAll(List.of(Source.directory(upper.directory()), Source.directory(upper.work()))));
            return sources;
        }

        @Override
        public String text() {
            return "mount an overlay on root.path " + root;
        }
    }

    /**
     * A new file system.
     *
     * @param ordinaryDirectory the way there must have no link, and end at a directory (CVE-2019-19921)
     * @param modeOfPlace a tmpfs takes over the permissions of the directory that it covers
     * @param keep a {@link ReadOnlyMount} follows
     * @param otherwise what to bind when the kernel says EPERM or EBUSY
     */
    record NewFileSystem(ContainerPath at, String type, String source, MountOptions options, boolean ordinaryDirectory,
            boolean modeOfPlace, boolean keep, Optional<Bind> otherwise) implements Placed {
        @Override
        public List<Source> sources() {
            return otherwise.map(Bind::sources).orElse(List.of());
        }

        @Override
        public String text() {
            return "mount " + type + " on " + at;
        }
    }

    /**
     * A bind.
     *
     * @param procOnly the source must be a procfs: it becomes /proc (CVE-2019-16884)
     * @param keep as above
     * @param orElse what is bound where the source is not there
     */
    record Bind(ContainerPath at, HostPath source, MountOptions options, boolean procOnly, boolean keep, Optional<HostPath> orElse)
            implements Placed {
        Source from() {
            return from(source);
        }

        Source from(HostPath source) {
            return new Source(source, true, options.recursive(), options.followsSource(), options.ids());
        }

        @Override
        public List<Source> sources() {
            return orElse.isPresent() ? List.of(from(), from(orElse.get())) : List.of(from());
        }

        @Override
        public String text() {
            return "bind " + source + " on " + at;
        }
    }

    /** The place of a mount that somebody else will make: a directory. @param ordinaryDirectory as above */
    record Place(ContainerPath at, boolean ordinaryDirectory) implements Placed {
        @Override
        public String text() {
            return "make the place of the mount on " + at;
        }
    }

    /** Changes a mount that is there already. */
    record Remount(ContainerPath at, MountOptions options) implements Placed {
        @Override
        public String text() {
            return "remount " + at;
        }
    }

    /** Makes a mount read-only that had to be written to first. */
    record ReadOnlyMount(ContainerPath at) implements Placed {
        @Override
        public String text() {
            return "make " + at + " read-only";
        }
    }

    /**
     * A device node or FIFO.
     *
     * @param mode type and permissions, as mknod(2) takes them
     * @param uid inside the container
     * @param bind the host's node of the same path, since a user namespace may make none
     */
    record Node(ContainerPath at, int mode, int major, int minor, int uid, int gid, boolean bind) implements Placed {
        Source onHost() {
            return Source.tree(new HostPath(at.text()), false);
        }

        @Override
        public List<Source> sources() {
            return List.of(onHost());
        }

        @Override
        public String text() {
            return "make the device " + at;
        }
    }

    /** A symbolic link. @param replace what stands there goes. @param onlyIf the host has this; empty: always */
    record Link(ContainerPath at, String target, boolean replace, Optional<HostPath> onlyIf) implements Placed {
        @Override
        public String text() {
            return "link " + at + " to " + target;
        }
    }

    /** Changes the root, and lets go of the host's. @param shared whether the host's mounts are still in its peer groups */
    record Pivot(boolean shared) implements Step {
        @Override
        public String text() {
            return "pivot_root";
        }
    }

    /**
     * Moves the root mount over the host's and enters it, for a host whose root cannot be pivoted, as a ramdisk. The host's stays
     * below, for who has CAP_SYS_CHROOT and CAP_SYS_ADMIN to find; its procfs and sysfs do not.
     */
    record MoveRoot() implements Step {
        @Override
        public String text() {
            return "move the root to /";
        }
    }

    /** Enters the root directory; nothing is let go of. */
    record Chroot() implements Step {
        @Override
        public String text() {
            return "chroot";
        }
    }

    /** The propagation of the container's root mount, once it is the root. */
    record RootPropagation(long propagation) implements Step {
        @Override
        public String text() {
            return "make the root " + word(propagation);
        }
    }

    /** Makes the root mount read-only, and nothing below it. */
    record ReadOnlyRoot() implements Step {
        @Override
        public String text() {
            return "make the root read-only";
        }
    }

    /** Sets a kernel parameter. @param file below /proc/sys */
    record Sysctl(String file, String value) implements Step {
        @Override
        public String text() {
            return "set /proc/sys/" + file;
        }
    }

    /** Makes a path read-only by a bind onto itself; an absent one is passed over. */
    record ReadOnlyPath(ContainerPath at) implements Placed {
        @Override
        public String text() {
            return "make " + at + " read-only";
        }
    }

    /** Hides a file under /dev/null or a directory under an empty one; an absent one is passed over. */
    record Mask(ContainerPath at) implements Placed {
        @Override
        public String text() {
            return "mask " + at;
        }
    }

    private static String word(long propagation) {
        long kind = propagation & ~MS_REC;
        String word = kind == MS_SHARED ? "shared" : kind == MS_SLAVE ? "slave" : kind == MS_PRIVATE ? "private" : "unbindable";
        return (propagation & MS_REC) == 0 ? word : "r" + word;
    }
}
