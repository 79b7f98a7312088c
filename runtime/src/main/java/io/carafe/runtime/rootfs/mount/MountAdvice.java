package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.EPERM;

import io.carafe.linux.KernelException;

/** Why a kernel refuses a file system to a container, where its errno alone does not say. */
public final class MountAdvice {

    private MountAdvice() {
    }

    /** The failure to mount a type, with what a person could do. */
    public static KernelException added(String type, KernelException e) {
        switch (type) {
            case "proc":
                return e.hint(EPERM, "a user namespace needs a pid namespace of its own for it, and a host whose /proc has nothing"
                        + " mounted over it; a bind of /proc does instead");
            case "sysfs":
                return e.hint(EPERM, "a user namespace needs a network namespace of its own for it; a bind of /sys does instead");
            case "mqueue":
                return e.hint(EPERM, "a user namespace needs an ipc namespace of its own for it");
            case "devpts":
                return e.hint(EINVAL, "in a user namespace the group of gid= must be mapped");
            default:
                return e;
        }
    }
}
