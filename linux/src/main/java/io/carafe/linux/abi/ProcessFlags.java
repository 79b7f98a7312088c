package io.carafe.linux.abi;

/** clone3(2), setns(2), waitid(2), prctl(2), capabilities(7), prlimit(2), sigprocmask(2), ioprio_set(2), keyctl(2). */
public final class ProcessFlags {

    public static final long CLONE_NEWTIME = 0x80;
    public static final long CLONE_PIDFD = 0x1000;
    public static final long CLONE_PARENT = 0x8000;
    public static final long CLONE_NEWNS = 0x20000;
    public static final long CLONE_NEWCGROUP = 0x2000000;
    public static final long CLONE_NEWUTS = 0x4000000;
    public static final long CLONE_NEWIPC = 0x8000000;
    public static final long CLONE_NEWUSER = 0x10000000;
    public static final long CLONE_NEWPID = 0x20000000;
    public static final long CLONE_NEWNET = 0x40000000;
    /** Linux 5.7. */
    public static final long CLONE_INTO_CGROUP = 0x200000000L;

    /** ioctl_ns(2), Linux 4.11: the CLONE_NEW… flag of a namespace. */
    public static final long NS_GET_USERNS = 0xb701;
    public static final long NS_GET_NSTYPE = 0xb703;

    public static final int P_ALL = 0;
    public static final int P_PID = 1;
    public static final int P_PIDFD = 3;
    public static final int WNOHANG = 1;
    public static final int WEXITED = 4;
    public static final int WNOWAIT = 0x1000000;
    public static final int CLD_EXITED = 1;

    public static final int PR_SET_PDEATHSIG = 1;
    public static final int PR_GET_DUMPABLE = 3;
    public static final int PR_SET_DUMPABLE = 4;
    public static final int PR_SET_KEEPCAPS = 8;
    public static final int PR_SET_NAME = 15;
    public static final int PR_SET_SECCOMP = 22;
    public static final int PR_CAPBSET_READ = 23;
    public static final int PR_CAPBSET_DROP = 24;
    public static final int PR_SET_CHILD_SUBREAPER = 36;
    public static final int PR_SET_NO_NEW_PRIVS = 38;
    public static final int PR_CAP_AMBIENT = 47;
    public static final int PR_CAP_AMBIENT_RAISE = 2;
    public static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    /** PR_SET_SECCOMP: only read(2), write(2), exit(2) and sigreturn(2) are allowed. */
    public static final int SECCOMP_MODE_STRICT = 1;
    /** Linux 5.14. */
    public static final int PR_SCHED_CORE = 62;
    public static final int PR_SCHED_CORE_CREATE = 1;

    /** capset(2): _LINUX_CAPABILITY_VERSION_3, two 32-bit words for each set. */
    public static final int CAPABILITY_VERSION_3 = 0x20080522;

    public static final int SIG_BLOCK = 0;
    public static final int SIG_UNBLOCK = 1;
    public static final int SIG_SETMASK = 2;
    public static final int SFD_CLOEXEC = FileFlags.O_CLOEXEC;
    public static final int SFD_NONBLOCK = FileFlags.O_NONBLOCK;

    /** madvise(2): of a file's pages that were not written to, the next access reads the file again. */
    public static final int MADV_DONTNEED = 4;

    /** prlimit(2): no limit. */
    public static final long RLIM_INFINITY = -1;
    public static final int RLIMIT_NOFILE = 7;

    /** ioprio_set(2): one process, and where the class stands in the value. */
    public static final int IOPRIO_WHO_PROCESS = 1;
    public static final int IOPRIO_CLASS_SHIFT = 13;

    /** keyctl(2), keyrings(7). */
    public static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    public static final int KEYCTL_SETPERM = 5;
    public static final int KEYCTL_DESCRIBE = 6;
    public static final int KEY_SPEC_SESSION_KEYRING = -3;
    /** All that a possessor may: view, read, write, search, link, setattr. */
    public static final int KEY_POS_ALL = 0x3f000000;
    public static final int KEY_USR_VIEW = 0x010000;
    public static final int KEY_USR_READ = 0x020000;
    public static final int KEY_USR_SEARCH = 0x080000;
    public static final int KEY_USR_LINK = 0x100000;

    private ProcessFlags() {
    }
}
