package io.carafe.runtime.binary.seccomp;

import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Arch;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Seccomp profiles for the tests of the binary. */
public final class ContainerProfiles {

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int AF_VSOCK = 40;
    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
    private static final long NEW_NAMESPACES = 0x7e020000L;
    private static final long[] PERSONALITIES = {0, 8, 0x20000, 0x20008, 0xffffffffL};

    /** Names of the x86-64 and i386 tables that need no privilege: what managers let a container call by default. */
    private static final String UNPRIVILEGED = """
            _llseek _newselect accept accept4 access adjtimex alarm arch_prctl bind brk capget capset chdir chmod chown
            chown32 clock_getres clock_gettime clock_gettime64 clock_nanosleep close close_range connect copy_file_range
            creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd
            eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark
            fchdir fchmod fchmodat fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork
            fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex
            futex_waitv futimesat get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
            getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
            getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init
            inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
            io_uring_enter io_uring_register io_uring_setup ioctl ioprio_get ioprio_set ipc kill landlock_add_rule
            landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr
            llistxattr lremovexattr lseek lsetxattr lstat lstat64 madvise membarrier memfd_create memfd_secret mincore
            mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mprotect mq_getsetattr mq_notify
            mq_open mq_timedreceive mq_timedsend mq_unlink mremap msgctl msgget msgrcv msgsnd msync munlock munlockall
            munmap nanosleep newfstatat nice open openat openat2 pause pidfd_getfd pidfd_open pidfd_send_signal pipe
            pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_madvise
            process_mrelease pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom
            recvmmsg recvmsg remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq
            rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
            rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr
            sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam
            sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop send sendfile sendfile64
            sendmmsg sendmsg sendto set_robust_list set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid
            setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid setxattr shmat shmctl
            shmdt shmget shutdown sigaltstack signalfd signalfd4 socketcall socketpair splice stat stat64 statfs
            statfs64 statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create
            timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create
            timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64
            ugetrlimit umask uname unlink unlinkat utime utimensat utimes vfork vmsplice wait4 waitid waitpid write
            writev
                        """;

    /** What a static busybox calls to print something and end, and its runtime to become it: not one more. */
    private static final String MINIMAL = """
            arch_prctl brk capset close execve exit_group futex getcwd getgid geteuid getegid getpid getppid getrandom gettid getuid ioctl
            mmap mprotect munmap newfstatat fstat prctl prlimit64 read readlink readlinkat rseq rt_sigaction rt_sigprocmask
            rt_sigreturn set_robust_list set_tid_address uname write
            """;

    private ContainerProfiles() {
    }

    /** A rule. */
    static Syscall rule(Action action, String names, SyscallArg... args) {
        return new Syscall(List.of(names.strip().split("\\s+")), action, OptionalLong.empty(), List.of(args));
    }

    /** A rule with an errno. */
    static Syscall refusing(int errno, String names, SyscallArg... args) {
        return new Syscall(List.of(names.strip().split("\\s+")), Action.SCMP_ACT_ERRNO, OptionalLong.of(errno), List.of(args));
    }

    /** A profile for the machine's own ABI. */
    static Seccomp of(Action byDefault, Syscall... rules) {
        return new Seccomp(byDefault, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(rules));
    }

    /** Of the shape and size that docker gives to a container. */
    public static Seccomp likeDockers() {
        List<Syscall> rules = new ArrayList<>();
        rules.add(rule(Action.SCMP_ACT_ALLOW, UNPRIVILEGED));
        for (long personality : PERSONALITIES) {
            rules.add(rule(Action.SCMP_ACT_ALLOW, "personality", new SyscallArg(0, personality, 0, Operator.SCMP_CMP_EQ)));
        }
        rules.add(rule(Action.SCMP_ACT_ALLOW, "socket", new SyscallArg(0, AF_VSOCK, 0, Operator.SCMP_CMP_NE)));
        rules.add(rule(Action.SCMP_ACT_ALLOW, "clone", new SyscallArg(0, NEW_NAMESPACES, 0, Operator.SCMP_CMP_MASKED_EQ)));
        rules.add(refusing(ENOSYS, "clone3"));
        return new Seccomp(Action.SCMP_ACT_ERRNO, OptionalLong.of(EPERM),
                List.of(Arch.SCMP_ARCH_X86_64, Arch.SCMP_ARCH_X86, Arch.SCMP_ARCH_X32, Arch.SCMP_ARCH_AARCH64, Arch.SCMP_ARCH_ARM),
                Optional.empty(), Optional.empty(), Optional.empty(), rules);
    }

    /** As somebody writes it who has looked at what one program calls under runc. */
    static Seccomp minimal() {
        return of(Action.SCMP_ACT_ERRNO, rule(Action.SCMP_ACT_ALLOW, MINIMAL));
    }
}
