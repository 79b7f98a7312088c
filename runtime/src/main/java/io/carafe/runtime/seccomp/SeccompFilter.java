package io.carafe.runtime.seccomp;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/** Puts a {@link SeccompPlan} in force. */
public final class SeccompFilter {

    private SeccompFilter() {
    }

    /**
     * Loads the filter into the calling thread, for good: it is inherited by all its children and kept by execve(2).
     *
     * <p>Without no_new_privs this needs CAP_SYS_ADMIN, so it stands before capabilities are given up; with no_new_privs it can be
     * the last step. Each call after it must be one that the profile allows.
     *
     * @return the descriptor that notifications are read from, which the caller owns; with {@link SeccompPlan#listener} only
     * @throws KernelException EACCES, EINVAL, EBUSY, ENOSYS: seccomp(2)
     */
    public static Optional<Fd> load(Linux linux, SeccompPlan plan) {
        try {
            return linux.bpf.setModeFilter(plan.flags(), plan.filter());
        } catch (KernelException e) {
            throw e.as("load the filter of linux.seccomp")
                    .hint(Errno.EACCES, "needs process.noNewPrivileges or CAP_SYS_ADMIN")
                    .hint(Errno.ENOSYS, "the kernel was built without CONFIG_SECCOMP_FILTER")
                    .hint(Errno.EINVAL, "the kernel does not have one of linux.seccomp.flags or of its actions")
                    .hint(Errno.EBUSY, "a filter of whoever runs carafe has a listener already, and the kernel takes only one");
        }
    }
}
