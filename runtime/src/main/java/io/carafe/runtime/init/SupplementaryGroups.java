package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.path.PrivateProc;
import java.nio.charset.StandardCharsets;

/** Whether the caller's supplementary groups can be taken from the container's process: they are rights to files of the host. */
final class SupplementaryGroups {

    private static final String DENIED = "deny";
    private static final int LONGEST = 16;

    private SupplementaryGroups() {
    }

    /**
     * Sees to it that they stay only where nobody can change them: in a user namespace whose setgroups file says {@code deny}, as an
     * ordinary user's without newgidmap(1). EPERM alone does not say so: it is also the answer without CAP_SETGID, and a seccomp filter's.
     *
     * <p>In the child, in the container's user namespace, while a procfs is at hand that nobody can have laid anything over.
     *
     * @throws KernelException EPERM
     * @see "user_namespaces(7), The /proc/pid/setgroups file"
     */
    static void requireSettable(Linux linux, PrivateProc proc) {
        if (linux.credentials.maySetgroups()) {
            return;
        }
        try (Fd file = proc.open("self/setgroups", FileFlags.O_RDONLY)) {
            if (!new String(linux.files.readAll(file, LONGEST), StandardCharsets.UTF_8).strip().equals(DENIED)) {
                throw new KernelException("setgroups", Errno.EPERM).hint(Errno.EPERM,
                        "without CAP_SETGID the container would have the caller's supplementary groups");
            }
        }
    }
}
