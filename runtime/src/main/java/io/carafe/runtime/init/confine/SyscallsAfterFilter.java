package io.carafe.runtime.init.confine;

import static io.carafe.linux.abi.ProcessFlags.CLONE_PARENT;
import static io.carafe.linux.abi.ProcessFlags.CLONE_PIDFD;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_ALLOW;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_ERRNO;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_LOG;

import io.carafe.linux.Errno;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Sys;
import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.runtime.seccomp.bpf.Abi;

/**
 * What carafe calls from the moment in which a process that is cloned last could be put under its filter, to its execve(2): whether the filter
 * lets all of that through is seen by asking it.
 */
final class SyscallsAfterFilter {

    private final BpfInterpreter filter;

    /** @param program of the filter */
    SyscallsAfterFilter(long[] program) {
        this.filter = new BpfInterpreter(program);
    }

    /**
     * Whether all are let through.
     *
     * @param flags of the clone: CLONE_NEW…
     * @param waits whether it waits for its start by another
     */
    boolean areLet(long flags, boolean waits) {
        return lets(Sys.CAPSET) && isCloneAllowed(flags | CLONE_PIDFD | CLONE_PARENT)
                // The intermediate process's, until it ends.
                && lets(Sys.SENDMSG) && lets(Sys.RECVMSG) && lets(Sys.PIDFD_SEND_SIGNAL) && lets(Sys.CLOSE) && lets(Sys.EXIT_GROUP)
                // The process's own.
                && lets(Sys.PRCTL, ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number) && lets(Sys.PRCTL, ProcessFlags.PR_SET_PDEATHSIG)
                && lets(Sys.SETSID) && lets(Sys.IOCTL, 0, FileFlags.TIOCSCTTY) && lets(Sys.IOCTL, 0, FileFlags.TIOCGWINSZ)
                && lets(Sys.IOCTL, 0, FileFlags.TIOCSWINSZ) && lets(Sys.PRLIMIT64) && lets(Sys.WRITE) && lets(Sys.READ)
                && (!waits || lets(Sys.ACCEPT4)) && lets(Sys.RT_SIGPROCMASK, ProcessFlags.SIG_SETMASK) && lets(Sys.EXECVE)
                // The heap's.
                && lets(Sys.MMAP) && lets(Sys.MUNMAP) && lets(Sys.MPROTECT) && lets(Sys.MADVISE);
    }

    /** clone3(2), or, where the answer is ENOSYS, clone(2). */
    private boolean isCloneAllowed(long flags) {
        return lets(Sys.CLONE3)
                || answer(Sys.CLONE3) == (SECCOMP_RET_ERRNO | Errno.ENOSYS.number) && lets(Sys.CLONE, flags);
    }

    private boolean lets(Sys call, long... args) {
        int answer = answer(call, args);
        return answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_LOG;
    }

    private int answer(Sys call, long... args) {
        return filter.value(new BpfInterpreter.Call(Abi.ownAudit(), call.nr, args));
    }
}
