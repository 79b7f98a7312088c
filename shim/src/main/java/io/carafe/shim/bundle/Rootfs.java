package io.carafe.shim.bundle;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.shim.message.CreateTask.Mount;
import io.carafe.shim.name.AbsolutePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a snapshotter wants mounted, on {@code rootfs} in a bundle.
 *
 * <p>What is mounted below that comes into a tree that an image may have made: its place is looked up by {@link Root}, and it is
 * unmounted by a descriptor as well, so no link leads either to the host.
 */
public final class Rootfs {

    private static final int SEARCHABLE = 0711;
    /** How often a mount may turn up below, or be renamed, while all are being unmounted. */
    private static final int ROUNDS = 16;
    private static final int MOST_MOUNTINFO = 64 << 20;
    private static final String LOWER = "lowerdir=";

    /** The options of mount(8) that are attributes of the mount and not words for the file system. */
    private static final Map<String, Long> ATTRIBUTES = Map.of("ro", MountFlags.MOUNT_ATTR_RDONLY, "nosuid", MountFlags.MOUNT_ATTR_NOSUID,
            "nodev", MountFlags.MOUNT_ATTR_NODEV, "noexec", MountFlags.MOUNT_ATTR_NOEXEC, "noatime", MountFlags.MOUNT_ATTR_NOATIME,
            "nodiratime", MountFlags.MOUNT_ATTR_NODIRATIME, "strictatime", MountFlags.MOUNT_ATTR_STRICTATIME, "rw", 0L, "relatime", 0L);

    private final Linux linux;
    private final String path;
    /** Whether something was mounted below. */
    private boolean below;

    public Rootfs(Linux linux, String bundle) {
        this.linux = linux;
        this.path = bundle + "/rootfs";
    }

    /** In order, each over the one before; none where the caller has made the tree already. */
    public void mount(List<Mount> mounts) {
        if (mounts.isEmpty()) {
            return;
        }
        makeDirectory();
        try {
            mounts.forEach(this::mount);
        } catch (RuntimeException | Error e) {
            try {
                unmount();
            } catch (RuntimeException also) {
                e.addSuppressed(also);
            }
            if (e instanceof KernelException failure) {
                throw failure.during("mount rootfs");
            }
            throw e;
        }
    }

    private void mount(Mount mount) {
        try (Fd target = target(mount.target()); Fd detached = isBind(mount) ? bind(mount) : fileSystem(mount)) {
            linux.mounts.moveMount(detached, target);
            below |= !mount.target().isEmpty();
            if (mount.options().contains("rbind")) {
                // Else it is a peer of its source, and what is mounted in that goes when this one goes (mount_namespaces(7)).
                linux.mounts.mount("", detached.path(), "", MountFlags.MS_SLAVE | MountFlags.MS_REC, "");
            }
        }
    }

    /** The caller owns the result. @param within a path inside what is mounted so far; empty: all of it */
    private Fd target(String within) {
        Fd top = linux.files.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        if (within.isEmpty()) {
            return top;
        }
        try (Root root = Root.of(linux, top)) {
            return root.open(ContainerPath.of(within), O_PATH);
        }
    }

    /** Where the runtime is to mount them. */
    public void makeDirectory() {
        linux.paths.mkdirIfAbsent(Fd.CWD, path, SEARCHABLE);
    }

    private static boolean isBind(Mount mount) {
        return mount.type().equals("bind") || mount.options().contains("bind") || mount.options().contains("rbind");
    }

    private Fd bind(Mount mount) {
        boolean recursive = mount.options().contains("rbind");
        Fd tree = linux.mounts.openTree(Fd.CWD, AbsolutePath.of("rootfs[].source of a bind", mount.source()), MountFlags.OPEN_TREE_CLONE | (recursive ? FileFlags.AT_RECURSIVE : 0));
        try {
            long attributes = attributes(mount);
            if (attributes != 0) {
                linux.mounts.setattr(tree, recursive, attributes, 0, 0);
            }
            return tree;
        } catch (KernelException e) {
            tree.close();
            throw e;
        }
    }

    /** By fsconfig(2), so that no page of options limits how many layers there are. */
    private Fd fileSystem(Mount mount) {
        try (Fd context = linux.mounts.fsopen(mount.type())) {
            try {
                if (!mount.source().isEmpty()) {
                    linux.mounts.setString(context, "source", mount.source());
                }
                for (String option : mount.options()) {
                    set(context, option);
                }
                linux.mounts.create(context);
            } catch (KernelException e) {
                String complaint = linux.mounts.complaint(context);
                throw complaint.isEmpty() ? e : e.as(e.operation() + ": " + complaint);
            }
            return linux.mounts.fsmount(context, attributes(mount));
        }
    }

    private void set(Fd context, String option) {
        int equals = option.indexOf('=');
        if (ATTRIBUTES.containsKey(option)) {
            return;
        }
        if (equals < 0) {
            linux.mounts.setFlag(context, option);
        } else if (option.startsWith(LOWER) && option.length() > LONGEST_VALUE) {
            for (String layer : option.substring(LOWER.length()).split(":")) {
                linux.mounts.setString(context, "lowerdir+", layer);
            }
        } else {
            linux.mounts.setString(context, option.substring(0, equals), option.substring(equals + 1));
        }
    }

    /** fsconfig(2) takes a string of up to 255 bytes; layers that need more go one by one, Linux 6.8. */
    private static final int LONGEST_VALUE = 255;

    private static long attributes(Mount mount) {
        long attributes = 0;
        for (String option : mount.options()) {
            attributes |= ATTRIBUTES.getOrDefault(option, 0L);
        }
        return attributes;
    }

    /** Everything that this object has mounted; a tree that was never mounted is left alone. */
    public void unmount() {
        unmountTop();
        if (below) {
            unmountBelow();
        }
    }

    /** The same for what another process has mounted, of which nobody knows where it is. */
    public void unmountAll() {
        unmountTop();
        unmountBelow();
    }

    /** One over the other, each with all that is mounted in it. */
    private void unmountTop() {
        for (Optional<Fd> top = top(); top.isPresent(); top = top()) {
            try (Fd mounted = top.get()) {
                linux.mounts.umount2(mounted.path(), MNT_DETACH);
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL)) { // EINVAL: no mount point, or no more
                    throw e.as("umount " + path);
                }
                return;
            }
        }
    }

    /** Empty where there is no such directory: nothing can be mounted on it. */
    private Optional<Fd> top() {
        try {
            return linux.files.openIfPresent(Fd.CWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        } catch (KernelException e) {
            if (e.is(Errno.ENOTDIR)) { // a link, too
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is mounted in the tree and not on it, innermost first. */
    private void unmountBelow() {
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Fd> top = top();
            if (top.isEmpty()) {
                return;
            }
            try (Root root = Root.of(linux, top.get())) {
                List<ContainerPath> places = placesBelow(linux.paths.readlinkat(Fd.CWD, root.directory().path()));
                if (places.isEmpty()) {
                    return;
                }
                for (int i = places.size() - 1; i >= 0; i--) {
                    unmount(root, places.get(i));
                }
            }
        }
        throw new IllegalStateException("unmount what is below " + path + ": something is mounted there again and again");
    }

    private void unmount(Root root, ContainerPath place) {
        try (Fd mounted = root.openWithoutLinks(place, O_PATH).orElse(Fd.CWD)) {
            if (mounted != Fd.CWD) { // else it was renamed: the next round finds it
                linux.mounts.umount2(mounted.path(), MNT_DETACH);
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ELOOP) && !e.is(Errno.ENOTDIR) && !e.is(Errno.EINVAL)) { // renamed, or unmounted with another
                throw e.as("umount " + path + place);
            }
        }
    }

    private List<ContainerPath> placesBelow(String directory) {
        List<ContainerPath> places = new ArrayList<>();
        try (Fd mountinfo = linux.files.open("/proc/self/mountinfo", O_RDONLY)) {
            String text = new String(linux.files.readAll(mountinfo, MOST_MOUNTINFO), StandardCharsets.UTF_8);
            for (MountInfo mount : MountInfo.parse(text)) {
                if (mount.mountPoint().startsWith(directory + "/")) {
                    places.add(ContainerPath.of(mount.mountPoint().substring(directory.length())));
                }
            }
        }
        return places;
    }
}
