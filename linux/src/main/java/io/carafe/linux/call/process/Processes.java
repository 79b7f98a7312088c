package io.carafe.linux.call.process;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.ProcessFlags.CLD_EXITED;
import static io.carafe.linux.abi.ProcessFlags.CLONE_INTO_CGROUP;
import static io.carafe.linux.abi.ProcessFlags.CLONE_PARENT;
import static io.carafe.linux.abi.ProcessFlags.CLONE_PIDFD;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Struct.CloneArgs;
import io.carafe.linux.abi.Struct.Siginfo;
import io.carafe.linux.abi.Struct.SignalfdSiginfo;
import io.carafe.linux.abi.Sys;
import java.util.List;
import java.util.Optional;

/** Processes and signals: clone3(2), execve(2), waitid(2), pidfds, prctl(2), prlimit(2), sigprocmask(2), signalfd(2). */
public final class Processes {

    private static final int SIGSET_BYTES = 8;
    private static final int KERNEL_SIGACTION_BYTES = 32;
    private static final long SIG_IGN = 1;
    /** The bits of clone(2)'s flags where its exit signal stands. */
    private static final int EXIT_SIGNAL_OF_CLONE = 0xff;

    private static final int NO_PIDFD = -1;

    private final Kernel kernel;
    private final Memory memory;
    private final AbsentCalls calls;
    private final ProcessDirectories directories;

    public Processes(Kernel kernel, Memory memory, AbsentCalls calls) {
        this.kernel = kernel;
        this.memory = memory;
        this.calls = calls;
        this.directories = new ProcessDirectories(kernel, memory);
    }

    /**
     * Both sides of a clone3(2): in the child {@code pid} is 0 and there is no pidfd.
     *
     * @param pidfd before Linux 5.2 the process's directory in /proc, or none where the new process is no child of this one
     */
    public record Clone(int pid, Optional<Fd> pidfd) {

        /** The child's side, made beforehand: one that found no memory for it would go on as its parent. */
        public static final Clone CHILD = new Clone(0, Optional.empty());

        public boolean isChild() {
            return pid == 0;
        }
    }

    /**
     * clone3(2), Linux 5.3, without CLONE_VM: the child goes on from here on a copy of everything. Only in a process of one thread.
     *
     * <p>Where it is refused, as containers' seccomp profiles have it, since no filter can look into its struct: clone(2), if nothing
     * is asked for that only clone3(2) can do.
     *
     * @param flags CLONE_NEW… and the like; CLONE_PIDFD is added
     * @param cgroup a cgroup2 directory to be born in (Linux 5.7): {@link #cannotPlace} tells a kernel that cannot do that
     */
    public Clone clone3(long flags, Optional<Fd> cgroup) {
        try (Memory.Frame frame = memory.frame()) {
            long pidfd = frame.zeroed(Integer.BYTES);
            kernel.putInt(pidfd, NO_PIDFD);
            long args = frame.zeroed(CloneArgs.SIZE);
            kernel.putLong(args + CloneArgs.FLAGS, flags | CLONE_PIDFD | (cgroup.isPresent() ? CLONE_INTO_CGROUP : 0));
            kernel.putLong(args + CloneArgs.PIDFD, pidfd);
            if ((flags & CLONE_PARENT) == 0) { // with it the caller's own exit signal holds, and another is EINVAL
                kernel.putLong(args + CloneArgs.EXIT_SIGNAL, Signal.SIGCHLD.number);
            }
            if (cgroup.isPresent()) {
                kernel.putLong(args + CloneArgs.CGROUP, cgroup.get().number());
            }
            long pid = calls.call(Sys.CLONE3, args, CloneArgs.SIZE, 0, 0, 0);
            if (AbsentCalls.isAbsent(pid) && cgroup.isEmpty() && (flags & EXIT_SIGNAL_OF_CLONE) == 0) {
                long exitSignal = (flags & CLONE_PARENT) == 0 ? Signal.SIGCHLD.number : 0;
                pid = kernel.call(Sys.CLONE.nr, flags | CLONE_PIDFD | exitSignal, 0, pidfd);
            }
            check("clone3", pid);
            return pid == 0 ? Clone.CHILD : new Clone((int) pid, handle((int) pid, kernel.getInt(pidfd), flags));
        }
    }

    /** Before Linux 5.2 clone(2) ignores CLONE_PIDFD; the pid of a child stays its own until it is reaped. */
    private Optional<Fd> handle(int pid, int pidfd, long flags) {
        if (pidfd != NO_PIDFD) {
            return Optional.of(Fd.owned(kernel, pidfd));
        }
        return (flags & CLONE_PARENT) == 0 ? Optional.of(directories.open(pid)) : Optional.empty();
    }

    /** Whether {@link #clone3} failed because of the cgroup: E2BIG before Linux 5.7, otherwise as any newer call. */
    public static boolean cannotPlace(KernelException failure) {
        return failure.operation().equals("clone3")
                && (failure.is(Errno.E2BIG) || failure.is(Errno.ENOSYS) || failure.is(Errno.EPERM));
    }

    /** execve(2). Returns only by failing. */
    public KernelException execve(String path, List<String> args, List<String> env) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.EXECVE.nr, frame.string(path), frame.strings(args), frame.strings(env));
            return KernelException.of("exec " + path, result);
        }
    }

    /**
     * execveat(2) with AT_EMPTY_PATH, Linux 3.19: executes what a descriptor stands for; where a filter refuses it by its path in /proc.
     * Returns only by failing.
     *
     * @param args each with a NUL behind it, as /proc/self/cmdline has them: bytes that no decoding has touched
     * @param env likewise, as /proc/self/environ
     */
    public KernelException fexecve(Fd file, byte[] args, byte[] env) {
        try (Memory.Frame frame = memory.frame()) {
            long argv = pointers(frame, args);
            long envp = pointers(frame, env);
            long result = kernel.call(Sys.EXECVEAT.nr, file.number(), frame.string(""), argv, envp, FileFlags.AT_EMPTY_PATH);
            if (AbsentCalls.isAbsent(result)) {
                result = kernel.call(Sys.EXECVE.nr, frame.string(file.path()), argv, envp);
            }
            return KernelException.of("execveat", result);
        }
    }

    private long pointers(Memory.Frame frame, byte[] strings) {
        int count = 0;
        for (byte b : strings) {
            count += b == 0 ? 1 : 0;
        }
        long block = frame.bytes(strings);
        long array = frame.raw((count + 1L) * Long.BYTES);
        int start = 0;
        long at = array;
        for (int i = 0; i < strings.length; i++) {
            if (strings[i] == 0) {
                kernel.putLong(at, block + start);
                at += Long.BYTES;
                start = i + 1;
            }
        }
        kernel.putLong(at, 0);
        return array;
    }

    /**
     * exit_group(2), at once: no Java code runs any more.
     *
     * <p>A seccomp filter may refuse it. SIGSEGV ends the process then, pid 1 of a pid namespace too (signal(7): who writes where no memory is
     * cannot ignore it). Else a child would go on as its parent.
     */
    public void exit(int code) {
        kernel.call(Sys.EXIT_GROUP.nr, code);
        kernel.putLong(0, code);
    }

    public int getpid() {
        return (int) kernel.call(Sys.GETPID.nr);
    }

    public int getppid() {
        return (int) kernel.call(Sys.GETPPID.nr);
    }

    /** setpgid(2): the caller leads a process group of its own. */
    public void setpgid() {
        check("setpgid", kernel.call(Sys.SETPGID.nr, 0, 0));
    }

    /** getpgid(2). @throws KernelException ESRCH */
    public int getpgid(int pid) {
        return (int) check("getpgid " + pid, kernel.call(Sys.GETPGID.nr, pid));
    }

    /** setsid(2). */
    public void setsid() {
        check("setsid", kernel.call(Sys.SETSID.nr));
    }

    /** waitid(2) on a child by its pidfd (Linux 5.4), or by its pid, until it ends. */
    public Exit waitFor(Fd pidfd) {
        return wait(pidfd, ProcessFlags.WEXITED).orElseThrow();
    }

    /** waitid(2) with WNOWAIT: how a child ends, which can be asked again. */
    public Exit peek(Fd pidfd) {
        return wait(pidfd, ProcessFlags.WEXITED | ProcessFlags.WNOWAIT).orElseThrow();
    }

    /** A child keeps its pid until it is waited for. */
    private Optional<Exit> wait(Fd pidfd, int options) {
        if (pidfd.process().isEmpty()) {
            try {
                return wait(ProcessFlags.P_PIDFD, pidfd.number(), options);
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL)) {
                    throw e;
                }
            }
        }
        return wait(ProcessFlags.P_PID, directories.pid(pidfd), options); // until the floor is Linux 5.4
    }

    /** The pid of the process of a descriptor. @throws KernelException ESRCH after it was reaped */
    public int pid(Fd process) {
        return directories.pid(process);
    }

    /** Whether the process of a directory in /proc has ended, reaped or not. */
    public boolean hasEnded(Fd directory) {
        return directories.hasEnded(directory);
    }

    /**
     * waitid(2) with WNOHANG and WNOWAIT: whether it is the pidfd of a child of the caller's, alive or not reaped yet.
     *
     * @param pidfd any descriptor
     */
    public boolean isChild(Fd pidfd) {
        try {
            peekIfEnded(pidfd);
            return true;
        } catch (KernelException e) {
            if (!e.is(Errno.ECHILD) && !e.is(Errno.EBADF) && !e.is(Errno.ESRCH)) { // EBADF: no pidfd. ESRCH: it has gone
                throw e;
            }
            return false;
        }
    }

    /** waitid(2) on any child without waiting. @return empty when none has ended, or there is none */
    public Optional<Exit> reap() {
        return wait(ProcessFlags.P_ALL, 0, ProcessFlags.WEXITED | ProcessFlags.WNOHANG);
    }

    /**
     * waitid(2) on a child that has ended, without waiting.
     *
     * @return empty when it has not; also when another process traces it, and has not let it go (ptrace(2))
     */
    public Optional<Exit> reap(Fd pidfd) {
        return wait(pidfd, ProcessFlags.WEXITED | ProcessFlags.WNOHANG);
    }

    /** The same with WNOWAIT: it can be asked again. */
    public Optional<Exit> peekIfEnded(Fd pidfd) {
        return wait(pidfd, ProcessFlags.WEXITED | ProcessFlags.WNOHANG | ProcessFlags.WNOWAIT);
    }

    /** waitid(2) on those children that have ended, without waiting. @return whether any is left */
    public boolean reapAll() {
        try (Memory.Frame frame = memory.frame()) {
            long info = frame.zeroed(Siginfo.SIZE);
            while (true) {
                kernel.putInt(info + Siginfo.PID, 0);
                long result = waitid(ProcessFlags.P_ALL, 0, info, ProcessFlags.WEXITED | ProcessFlags.WNOHANG);
                if (result == -Errno.ECHILD.number) {
                    return false;
                }
                check("waitid", result);
                if (kernel.getInt(info + Siginfo.PID) == 0) {
                    return true;
                }
            }
        }
    }

    private long waitid(int idType, int id, long info, int options) {
        long result;
        do {
            result = kernel.call(Sys.WAITID.nr, idType, id, info, options, 0);
        } while (result == -Errno.EINTR.number);
        return result;
    }

    private Optional<Exit> wait(int idType, int id, int options) {
        try (Memory.Frame frame = memory.frame()) {
            long info = frame.zeroed(Siginfo.SIZE);
            long result = waitid(idType, id, info, options);
            if (result == -Errno.ECHILD.number && idType == ProcessFlags.P_ALL) {
                return Optional.empty();
            }
            check("waitid", result);
            int pid = kernel.getInt(info + Siginfo.PID);
            return pid == 0 ? Optional.empty() : Optional.of(new Exit(pid,
                    kernel.getInt(info + Siginfo.CODE) != CLD_EXITED, kernel.getInt(info + Siginfo.STATUS)));
        }
    }

    /** pidfd_open(2), Linux 5.3; before, the process's directory in /proc. The caller owns the result. @throws KernelException ESRCH */
    public Fd pidfdOpen(int pid) {
        long result = calls.call(Sys.PIDFD_OPEN, pid, 0, 0, 0, 0);
        return AbsentCalls.isAbsent(result) ? directories.open(pid) : Fd.owned(kernel, check("pidfd_open " + pid, result));
    }

    /** pidfd_open(2). The caller owns the result. @return empty when there is no such process */
    public Optional<Fd> pidfdIfAlive(int pid) {
        try {
            return Optional.of(pidfdOpen(pid));
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * pidfd_getfd(2), Linux 5.6: a duplicate of another process's descriptor. The caller owns the result.
     *
     * @param number of the descriptor in that process
     * @throws KernelException EBADF when the process has no such descriptor; EPERM without the rights of PTRACE_MODE_ATTACH_REALCREDS
     */
    public Fd pidfdGetfd(Fd pidfd, int number) {
        if (pidfd.process().isPresent()) {
            throw new KernelException("pidfd_getfd", Errno.ENOSYS);
        }
        return Fd.owned(kernel, check("pidfd_getfd " + number, kernel.call(Sys.PIDFD_GETFD.nr, pidfd.number(), number, 0)));
    }

    /**
     * pidfd_send_signal(2), Linux 5.1, which takes directories of /proc as well; where it is not there kill(2), after the descriptor has told
     * that the pid is still the process's. Between the two it could be another's only if this one were reaped, and all pids used, meanwhile.
     *
     * @throws KernelException ESRCH when the process has ended and been reaped
     */
    public void sendSignal(Fd pidfd, int signal) {
        long result = calls.call(Sys.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0, 0);
        if (AbsentCalls.isAbsent(result)) {
            kill(directories.pid(pidfd), signal);
            return;
        }
        check("pidfd_send_signal", result);
    }

    /** kill(2). @param pid that of a process group with a minus before it. @throws KernelException ESRCH */
    public void kill(int pid, int signal) {
        check("kill " + pid, kernel.call(Sys.KILL.nr, pid, signal));
    }

    /** prctl(2). */
    public long prctl(int option, long argument, long third) {
        return check("prctl " + option, kernel.call(Sys.PRCTL.nr, option, argument, third, 0, 0));
    }

    /** prlimit(2) on the caller: sets both limits. @throws KernelException EPERM when the hard limit would rise, without CAP_SYS_RESOURCE */
    public void setrlimit(int resource, long soft, long hard) {
        prlimit(0, resource, soft, hard);
    }

    /**
     * prlimit(2): sets both limits of a process, 0 for the caller.
     *
     * @throws KernelException EPERM when the hard limit would rise and the caller has no CAP_SYS_RESOURCE in the first user namespace, or
     *     if the process belongs to another user; ESRCH
     */
    public void prlimit(int pid, int resource, long soft, long hard) {
        try (Memory.Frame frame = memory.frame()) {
            long limit = frame.raw(16);
            kernel.putLong(limit, soft);
            kernel.putLong(limit + 8, hard);
            check("prlimit", kernel.call(Sys.PRLIMIT64.nr, pid, resource, limit, 0));
        }
    }

    /** A process's two limits on a resource: prlimit(2). */
    public record Rlimit(long soft, long hard) {
    }

    public Rlimit getrlimit(int resource) {
        try (Memory.Frame frame = memory.frame()) {
            long limit = frame.raw(16);
            check("getrlimit", kernel.call(Sys.PRLIMIT64.nr, 0, resource, 0, limit));
            return new Rlimit(kernel.getLong(limit), kernel.getLong(limit + 8));
        }
    }

    /** madvise(2) on the caller's memory. @throws KernelException EINVAL for an address that is not page-aligned; ENOMEM if nothing is mapped */
    public void madvise(long address, long length, int advice) {
        check("madvise", kernel.call(Sys.MADVISE.nr, address, length, advice));
    }

    /** sigprocmask(2). @param set bits by {@link Signal#bit}. @return the mask before */
    public long sigprocmask(int how, long set) {
        try (Memory.Frame frame = memory.frame()) {
            long sets = frame.zeroed(16);
            kernel.putLong(sets, set);
            check("sigprocmask", kernel.call(Sys.RT_SIGPROCMASK.nr, how, sets, sets + 8, SIGSET_BYTES));
            return kernel.getLong(sets + 8);
        }
    }

    /**
     * A change of ids by which a process that is not dumpable stays so: the kernel makes it what fs.suid_dumpable says then, and 1 would be
     * dumpable (proc_sys_fs(5), PR_SET_DUMPABLE(2const)).
     */
    public void keepingDumpable(Runnable change) {
        boolean dumpable = prctl(ProcessFlags.PR_GET_DUMPABLE, 0, 0) != 0;
        change.run();
        if (!dumpable) {
            prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        }
    }

    /** sigaction(2) to SIG_DFL: a handler becomes that at execve(2), a signal that the caller ignores stays ignored. */
    public void defaultAction(int signal) {
        try (Memory.Frame frame = memory.frame()) {
            check("sigaction", kernel.call(Sys.RT_SIGACTION.nr, signal, frame.zeroed(KERNEL_SIGACTION_BYTES), 0, SIGSET_BYTES));
        }
    }

    /** sigaction(2) to SIG_IGN, which survives execve(2). With SIGCHLD ignored, the kernel reaps children (wait(2)). */
    public void ignore(int signal) {
        try (Memory.Frame frame = memory.frame()) {
            long action = frame.zeroed(KERNEL_SIGACTION_BYTES);
            kernel.putLong(action, SIG_IGN);
            check("sigaction", kernel.call(Sys.RT_SIGACTION.nr, signal, action, 0, SIGSET_BYTES));
        }
    }

    /** {@link #defaultAction} for all but SIGKILL and SIGSTOP, which have no other. */
    public void defaultActions() {
        for (int signal = 1; signal <= Signal.LAST; signal++) {
            if (signal != Signal.SIGKILL.number && signal != Signal.SIGSTOP.number) {
                defaultAction(signal);
            }
        }
    }

    /** sigprocmask(2): none is blocked any more. */
    public void unblockSignals() {
        sigprocmask(ProcessFlags.SIG_SETMASK, 0);
    }

    /** signalfd(2): a descriptor that reads as the signals of a set, which the caller has blocked. The caller owns the result. */
    public Fd signalfd(long set) {
        try (Memory.Frame frame = memory.frame()) {
            long mask = frame.raw(SIGSET_BYTES);
            kernel.putLong(mask, set);
            return Fd.owned(kernel, check("signalfd", kernel.call(Sys.SIGNALFD4.nr, -1, mask, SIGSET_BYTES,
                    ProcessFlags.SFD_CLOEXEC | ProcessFlags.SFD_NONBLOCK)));
        }
    }

    /** The next signal of a signalfd. @return empty when none is pending */
    public Optional<Integer> nextSignal(Fd signalfd) {
        try (Memory.Frame frame = memory.frame()) {
            long info = frame.raw(SignalfdSiginfo.SIZE);
            long result = kernel.call(Sys.READ.nr, signalfd.number(), info, SignalfdSiginfo.SIZE);
            if (result == -Errno.EAGAIN.number) {
                return Optional.empty();
            }
            check("read of a signalfd", result);
            return Optional.of(kernel.getInt(info + SignalfdSiginfo.SIGNO));
        }
    }
}
