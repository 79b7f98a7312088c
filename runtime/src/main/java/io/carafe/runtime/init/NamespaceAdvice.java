package io.carafe.runtime.init;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.process.Capability;

/** Why the kernel says EPERM to new namespaces (clone(2), user_namespaces(7)): of several reasons the one that the caller can do something about. */
final class NamespaceAdvice {

    private static final String FILTER = "a seccomp filter around carafe forbids it";
    private static final String CHROOT = "carafe is in a chroot, where the kernel makes no user namespace";

    private NamespaceAdvice() {
    }

    static String refused(Linux linux) {
        if (linux.credentials.geteuid() != 0) {
            return "an ordinary user needs a user namespace in linux.namespaces; if there is one, " + FILTER + ", or " + CHROOT;
        }
        return hasSysAdmin(linux) ? FILTER + ", or " + CHROOT : "CAP_SYS_ADMIN is missing";
    }

    private static boolean hasSysAdmin(Linux linux) {
        try {
            return Capability.CAP_SYS_ADMIN.isIn(linux.credentials.capget().effective());
        } catch (KernelException refused) {
            return true; // by a filter, which is a hint at itself
        }
    }
}
