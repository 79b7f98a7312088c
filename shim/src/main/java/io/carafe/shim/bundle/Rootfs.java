package io.carafe.shim.bundle;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.UMOUNT_NOFOLLOW;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.message.CreateTask.Mount;
import java.util.List;
import java.util.Map;

/** What a snapshotter wants mounted, on {@code rootfs} in a bundle. */
public final class Rootfs {

    private static final int SEARCHABLE = 0711;
    private static final String LOWER = "lowerdir=";

    /** The options of mount(8) that are attributes of the mount and not words for the file system. */
    private static final Map<String, Long> ATTRIBUTES = Map.of("ro", MountFlags.MOUNT_ATTR_RDONLY, "nosuid", MountFlags.MOUNT_ATTR_NOSUID,
            "nodev", MountFlags.MOUNT_ATTR_NODEV, "noexec", MountFlags.MOUNT_ATTR_NOEXEC, "noatime", MountFlags.MOUNT_ATTR_NOATIME,
            "nodiratime", MountFlags.MOUNT_ATTR_NODIRATIME, "strictatime", MountFlags.MOUNT_ATTR_STRICTATIME, "rw", 0L, "relatime", 0L);

    private final Linux linux;
    private final String path;

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
            for (Mount mount : mounts) {
                try (Fd target = linux.files.open(mount.target().isEmpty() ? path : path + "/" + mount.target(), O_PATH | O_DIRECTORY);
                        Fd detached = isBind(mount) ? bind(mount) : fileSystem(mount)) {
                    linux.mounts.moveMount(detached, target);
                }
            }
        } catch (KernelException e) {
            unmount();
            throw e.during("mount rootfs");
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
        Fd tree = linux.mounts.openTree(Fd.CWD, mount.source(), MountFlags.OPEN_TREE_CLONE | (recursive ? FileFlags.AT_RECURSIVE : 0));
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

    /** Everything that is mounted there, one over the other; a tree that was never mounted is left alone. */
    public void unmount() {
        while (isMountPoint()) {
            linux.mounts.umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
        }
    }

    private boolean isMountPoint() {
        try (Fd root = linux.files.open(path, O_RDONLY | O_DIRECTORY | FileFlags.O_NOFOLLOW)) {
            return linux.files.fstat(root).mountRoot();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return false;
            }
            throw e;
        }
    }
}
