package io.carafe.runtime.init.confine;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.seccomp.SeccompFilter;
import io.carafe.runtime.seccomp.SeccompPlan;
import java.util.Optional;

/**
 * The seccomp filter of one process, put in force as late as it can be: each call after it must be one that the profile allows.
 *
 * <p>With no_new_privs it is the last call before execve(2). Without, it needs CAP_SYS_ADMIN, which {@link ContainerProcess#become}
 * holds for it until it is loaded; that is before the process is cloned, where others in its pid namespace could see it, if the profile
 * allows what is left to do; else before it waits for anybody, if the profile allows the wait. So there is no privilege left that a neighbour
 * with CAP_SYS_PTRACE could take over. With SCMP_ACT_NOTIFY it is then, too: the agent must have
 * the descriptor while the parent is there to send it.
 *
 * <p>After it only these are called: capset, read, write, close, prctl, rt_sigprocmask, accept4 where a created container waits, execve,
 * exit_group, and for startContainer hooks what a hook needs. runc calls all but accept4 there, so its users' profiles have them.
 */
public final class Confinement {

    private final Linux linux;
    private final ContainerProcess process;
    private final Optional<SeccompPlan> filter;
    private final boolean holds;
    private final boolean early;
    private final boolean waits;
    private boolean inForce;

    /**
     * @param noNewPrivileges whether the process has set it; absent and false are the same
     * @param waits whether it will wait to be started by somebody else
     */
    public Confinement(Linux linux, ContainerProcess process, Optional<SeccompPlan> filter, boolean noNewPrivileges, boolean waits) {
        this.linux = linux;
        this.process = process;
        this.filter = filter;
        this.holds = filter.isPresent() && !noNewPrivileges;
        this.waits = waits;
        this.early = filter.isPresent() && isEarly(filter.get(), noNewPrivileges, waits);
    }

    static boolean isEarly(SeccompPlan filter, boolean noNewPrivileges, boolean waits) {
        return filter.listener().isPresent() || !noNewPrivileges && (!waits || filter.letsWait());
    }

    /** What {@link ContainerProcess#become} is to hold, as a mask. */
    public long held() {
        return holds ? Capability.CAP_SYS_ADMIN.bit() : 0;
    }

    /**
     * In who goes before a process that is cloned last: before its birth, with no privilege held any more, since everybody in its pid namespace
     * may look at it from then on. Not where the filter would stop one of the steps that are left, nor with SCMP_ACT_NOTIFY.
     *
     * @param flags of the clone
     */
    public void beforeClone(long flags) {
        if (holds && filter.get().listener().isEmpty() && new SyscallsAfterFilter(filter.get().filter()).areLet(flags, waits)) {
            load();
        }
    }

    /** Before the process says that it is ready. @return the descriptor of SCMP_ACT_NOTIFY, which the caller owns */
    public Optional<Fd> beforeReady() {
        return early && !inForce ? load() : Optional.empty();
    }

    /** Before execve(2), as the last. */
    public void beforeExec() {
        if (filter.isPresent() && !inForce) {
            load();
        }
    }

    private Optional<Fd> load() {
        Optional<Fd> notifications = SeccompFilter.load(linux, filter.get());
        inForce = true;
        if (holds) {
            process.giveUpHeld();
        }
        return notifications;
    }
}
