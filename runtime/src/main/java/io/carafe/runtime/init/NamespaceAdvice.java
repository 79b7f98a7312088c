package io.carafe.runtime.init;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.process.Capability;

/** Why the kernel refuses new namespaces (clone(2), user_namespaces(7)): of several reasons the one that the caller can do something about. */
final class NamespaceAdvice {

    private static final String USER_LIMIT = "/proc/sys/user/max_user_namespaces";
    /** Of Debian's and Ubuntu's kernels. */
    private static final String UNPRIVILEGED = "/proc/sys/kernel/unprivileged_userns_clone";
    private static final String FILTER = "a seccomp filter around carafe forbids it";
    private static final String CHROOT = "carafe is in a chroot, where the kernel makes no user namespace";

    private NamespaceAdvice() {
    }

    static String refused(Linux linux) {
        if (linux.credentials.geteuid() != 0) {
            if (isZero(linux, UNPRIVILEGED)) {
                return "an ordinary user may make no user namespace here: sysctl kernel.unprivileged_userns_clone=1";
            }
            return "an ordinary user needs a user namespace in linux.namespaces; if there is one, " + FILTER + ", or " + CHROOT;
        }
        return hasSysAdmin(linux) ? FILTER + ", or " + CHROOT : "CAP_SYS_ADMIN is missing, and without it linux.namespaces needs a user namespace";
    }

    /** Why it says ENOSPC. */
    static String limited(Linux linux) {
        return isZero(linux, USER_LIMIT) ? "nobody may make a user namespace here: sysctl user.max_user_namespaces=10000"
                : "a limit of /proc/sys/user is reached, as user.max_user_namespaces";
    }

    private static boolean isZero(Linux linux, String file) {
        try {
            return linux.files.readText(Fd.CWD, file).strip().equals("0");
        } catch (KernelException unknown) {
            return false; // it is the reason of another failure that is asked for
        }
    }

    private static boolean hasSysAdmin(Linux linux) {
        try {
            return Capability.CAP_SYS_ADMIN.isIn(linux.credentials.capget().effective());
        } catch (KernelException refused) {
            return true; // by a filter, which is a hint at itself
        }
    }
}
