package io.carafe.runtime.cgroup;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.List;
import java.util.Optional;

/** Carries out a {@link DelegationPlan}: the directory and the files that the kernel names get the owner, and no others. */
final class Delegation {

    /** Linux 4.15. */
    private static final String NAMED_BY_KERNEL = "/sys/kernel/cgroup/delegate";
    private static final List<String> BEFORE = List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads");
    private static final int UNCHANGED = -1;

    private final Linux linux;

    Delegation(Linux linux) {
        this.linux = linux;
    }

    /** @throws KernelException EPERM for a uid that is not the caller's to give, but of an ordinary user: then all stays as it is */
    void give(String directory, DelegationPlan plan) {
        try {
            chown(directory, plan);
            Optional<String> named = linux.files.readIfPresent(Fd.CWD, NAMED_BY_KERNEL);
            for (String file : named.map(Hierarchies::words).orElse(BEFORE)) {
                try {
                    chown(directory + "/" + file, plan);
                } catch (KernelException e) {
                    // Files of controllers that are not here.
                    if (!e.is(Errno.ENOENT)) {
                        throw e;
                    }
                }
            }
        } catch (KernelException e) {
            if (!CgroupDirectories.isDeniedToOrdinaryUser(linux, e)) {
                throw e.during("give the cgroup to process.user.uid");
            }
        }
    }

    private void chown(String path, DelegationPlan plan) {
        linux.paths.fchownat(Fd.CWD, path, (int) plan.uid(), UNCHANGED, 0);
    }
}
