package io.carafe.linux.call.file;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.abi.Struct.MountAttr;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/** mount(2) and the new mount API of Linux 5.2 (mount_setattr: 5.12). Targets are descriptors where the call allows it. */
public final class Mounts {

    private static final long NO_FLAGS = 0xffffffffL;

    private final Kernel kernel;
    private final Memory memory;

    public Mounts(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** mount(2). Empty source, type and data are passed as NULL. */
    public void mount(String source, String target, String type, long flags, String data) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.MOUNT.nr, orNull(frame, source), frame.string(target), orNull(frame, type), flags,
                    orNull(frame, data));
            if (result < 0) {
                throw KernelException.of("mount " + (type.isEmpty() ? source : type) + " on " + target, result);
            }
        }
    }

    private static long orNull(Memory.Frame frame, String text) {
        return text.isEmpty() ? 0 : frame.string(text);
    }

    /** umount2(2). */
    public void umount2(String target, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.UMOUNT2.nr, frame.string(target), flags);
            if (result < 0) {
                throw KernelException.of("umount " + target, result);
            }
        }
    }

    /** pivot_root(2). */
    public void pivotRoot(String newRoot, String putOld) {
        try (Memory.Frame frame = memory.frame()) {
            check("pivot_root", kernel.call(Sys.PIVOT_ROOT.nr, frame.string(newRoot), frame.string(putOld)));
        }
    }

    /** open_tree(2), Linux 5.2. The caller owns the result. @param flags OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH */
    public Fd openTree(Fd dir, String path, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.OPEN_TREE.nr, dir.number(), frame.string(path), flags | MountFlags.OPEN_TREE_CLOEXEC);
            if (result < 0) {
                throw KernelException.of("open_tree " + path, result);
            }
            return Fd.owned(kernel, result);
        }
    }

    /** move_mount(2), Linux 5.2: a detached mount onto the file of a descriptor. */
    public void moveMount(Fd mount, Fd target) {
        try (Memory.Frame frame = memory.frame()) {
            long empty = frame.string("");
            check("move_mount", kernel.call(Sys.MOVE_MOUNT.nr, mount.number(), empty, target.number(), empty,
                    MountFlags.MOVE_MOUNT_F_EMPTY_PATH | MountFlags.MOVE_MOUNT_T_EMPTY_PATH));
        }
    }

    /** fsopen(2), Linux 5.2. The caller owns the result. @throws KernelException ENODEV for an unknown type */
    public Fd fsopen(String type) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FSOPEN.nr, frame.string(type), MountFlags.FSOPEN_CLOEXEC);
            if (result < 0) {
                throw KernelException.of("fsopen " + type, result);
            }
            return Fd.owned(kernel, result);
        }
    }

    /** fsconfig(2), FSCONFIG_SET_STRING. @throws KernelException EINVAL for an unknown key or a bad value */
    public void setString(Fd context, String key, String value) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FSCONFIG.nr, context.number(), MountFlags.FSCONFIG_SET_STRING, frame.string(key),
                    frame.string(value), 0);
            if (result < 0) {
                throw KernelException.of("fsconfig " + key + "=" + value, result);
            }
        }
    }

    /** fsconfig(2), FSCONFIG_SET_FD. @throws KernelException EINVAL for an unknown key */
    public void setFd(Fd context, String key, Fd value) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FSCONFIG.nr, context.number(), MountFlags.FSCONFIG_SET_FD, frame.string(key), 0, value.number());
            if (result < 0) {
                throw KernelException.of("fsconfig " + key, result);
            }
        }
    }

    /** fsconfig(2), FSCONFIG_SET_FLAG. */
    public void setFlag(Fd context, String key) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FSCONFIG.nr, context.number(), MountFlags.FSCONFIG_SET_FLAG, frame.string(key), 0, 0);
            if (result < 0) {
                throw KernelException.of("fsconfig " + key, result);
            }
        }
    }

    /** fsconfig(2), FSCONFIG_CMD_CREATE: makes the superblock. */
    public void create(Fd context) {
        check("fsconfig create", kernel.call(Sys.FSCONFIG.nr, context.number(), MountFlags.FSCONFIG_CMD_CREATE, 0, 0, 0));
    }

    /** fsmount(2). The caller owns the result. @param attributes MOUNT_ATTR_… */
    public Fd fsmount(Fd context, long attributes) {
        return Fd.owned(kernel, check("fsmount", kernel.call(Sys.FSMOUNT.nr, context.number(), MountFlags.FSMOUNT_CLOEXEC, attributes)));
    }

    /**
     * mount_setattr(2) on what a descriptor stands for, Linux 5.12.
     *
     * @param set MOUNT_ATTR_…
     * @param clear MOUNT_ATTR_…; MOUNT_ATTR__ATIME whenever an atime value is set
     * @param propagation MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0 for as it is
     * @throws KernelException EPERM when a user namespace may not change a locked flag; ENOSYS before 5.12
     */
    public void setattr(Fd mount, boolean recursive, long set, long clear, long propagation) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(MountAttr.SIZE);
            kernel.putLong(attr + MountAttr.ATTR_SET, set);
            kernel.putLong(attr + MountAttr.ATTR_CLR, clear);
            kernel.putLong(attr + MountAttr.PROPAGATION, propagation);
            int flags = FileFlags.AT_EMPTY_PATH | (recursive ? FileFlags.AT_RECURSIVE : 0);
            check("mount_setattr", kernel.call(Sys.MOUNT_SETATTR.nr, mount.number(), frame.string(""), flags, attr, MountAttr.SIZE));
        }
    }

    /**
     * mount_setattr(2) with MOUNT_ATTR_IDMAP, Linux 5.12: a mount shows owners as a user namespace maps them.
     *
     * @param mount detached still, and without maps
     * @param userNamespace a file of nsfs
     * @throws KernelException EINVAL when the file system does not allow it or the mount is attached; EPERM without
     *     CAP_SYS_ADMIN in the user namespace of the file system, or over the other one
     */
    public void setIdMap(Fd mount, boolean recursive, Fd userNamespace) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(MountAttr.SIZE);
            kernel.putLong(attr + MountAttr.ATTR_SET, MountFlags.MOUNT_ATTR_IDMAP);
            kernel.putLong(attr + MountAttr.USERNS_FD, userNamespace.number());
            int flags = FileFlags.AT_EMPTY_PATH | (recursive ? FileFlags.AT_RECURSIVE : 0);
            check("mount_setattr idmap",
                    kernel.call(Sys.MOUNT_SETATTR.nr, mount.number(), frame.string(""), flags, attr, MountAttr.SIZE));
        }
    }

    /**
     * What the kernel has to say about the last failure on a context of fsopen(2), as {@code tmpfs: Bad value for 'size'};
     * empty when nothing.
     */
    public String complaint(Fd context) {
        final int longest = 1024;
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(longest);
            long length = kernel.call(Sys.READ.nr, context.number(), buffer, longest);
            if (length <= 2) {
                return "";
            }
            byte[] text = new byte[(int) length];
            kernel.get(buffer, text, 0, text.length);
            // A letter for the severity and a space stand in front, a newline may stand behind.
            return new String(text, 2, text.length - 2, StandardCharsets.UTF_8).strip();
        }
    }

    /**
     * Whether a mount can be made, changed and only then put in its place: mount_setattr(2), Linux 5.12, and with it the calls of Linux 5.2,
     * are there, and no filter refuses the two that have no other way beside them.
     */
    public boolean canBeDetached() {
        // Unknown flags give EINVAL; for move_mount(2) only if the caller may mount.
        if (AbsentCalls.isAbsent(askOf(Sys.MOUNT_SETATTR))) {
            return false;
        }
        long move = askOf(Sys.MOVE_MOUNT);
        return move != -Errno.ENOSYS.number && !(move == -Errno.EPERM.number && mayMount());
    }

    private long askOf(Sys call) {
        return kernel.call(call.nr, -1, 0, NO_FLAGS, 0, NO_FLAGS);
    }

    /** The kernel performs an empty change without checking its target. */
    private boolean mayMount() {
        try (Memory.Frame frame = memory.frame()) {
            return kernel.call(Sys.MOUNT_SETATTR.nr, -1, frame.string(""), FileFlags.AT_EMPTY_PATH, frame.zeroed(MountAttr.SIZE), MountAttr.SIZE) == 0;
        }
    }
}
