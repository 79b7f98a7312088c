package io.carafe.linux.abi;

/**
 * Numbers of the system calls that carafe makes, one row a call: x86_64 (syscall_64.tbl), then aarch64 (asm-generic/unistd.h).
 *
 * <p>To add a call: its row here, a wrapper in the family's class of {@code linux.call}, a test on the real kernel.
 */
public enum Sys {
    ACCEPT4(288, 242),
    BIND(49, 200),
    BPF(321, 280),
    CAPGET(125, 90),
    CAPSET(126, 91),
    CHDIR(80, 49),
    CHROOT(161, 51),
    CLOCK_GETTIME(228, 113),
    CLONE(56, 220),
    CLONE3(435, 435),
    CLOSE(3, 57),
    CLOSE_RANGE(436, 436),
    CONNECT(42, 203),
    COPY_FILE_RANGE(326, 285),
    DUP(32, 23),
    DUP3(292, 24),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22),
    EVENTFD2(290, 19),
    EXECVE(59, 221),
    EXECVEAT(322, 281),
    EXIT(60, 93),
    EXIT_GROUP(231, 94),
    FACCESSAT(269, 48),
    FACCESSAT2(439, 439),
    FCHDIR(81, 50),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FCHOWN(93, 55),
    FCHOWNAT(260, 54),
    FCNTL(72, 25),
    FGETXATTR(193, 10),
    FLOCK(73, 32),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    FSOPEN(430, 430),
    FSPICK(433, 433),
    FSTATFS(138, 44),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    GETCWD(79, 17),
    GETDENTS64(217, 61),
    GETEGID(108, 177),
    GETEUID(107, 175),
    GETGID(104, 176),
    GETGROUPS(115, 158),
    GETPGID(121, 155),
    GETPID(39, 172),
    GETPPID(110, 173),
    GETRANDOM(318, 278),
    GETRESGID(120, 150),
    GETRESUID(118, 148),
    GETRLIMIT(97, 163),
    GETSOCKOPT(55, 209),
    GETTID(186, 178),
    GETUID(102, 174),
    GETXATTR(191, 8),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_INIT1(294, 26),
    IOCTL(16, 29),
    IOPRIO_GET(252, 31),
    IOPRIO_SET(251, 30),
    KEYCTL(250, 219),
    KILL(62, 129),
    LINKAT(265, 37),
    LISTEN(50, 201),
    LSEEK(8, 62),
    LISTXATTR(194, 11),
    LSETXATTR(189, 6),
    MADVISE(28, 233),
    MEMFD_CREATE(319, 279),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    MMAP(9, 222),
    MOUNT(165, 40),
    MOUNT_SETATTR(442, 442),
    MOVE_MOUNT(429, 429),
    MPROTECT(10, 226),
    MUNMAP(11, 215),
    NAME_TO_HANDLE_AT(303, 264),
    NANOSLEEP(35, 101),
    NEWFSTATAT(262, 79),
    OPEN_TREE(428, 428),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    PERSONALITY(135, 92),
    PIDFD_GETFD(438, 438),
    PIDFD_OPEN(434, 434),
    PIDFD_SEND_SIGNAL(424, 424),
    PIPE2(293, 59),
    PIVOT_ROOT(155, 41),
    PPOLL(271, 73),
    PRCTL(157, 167),
    PREAD64(17, 67),
    PRLIMIT64(302, 261),
    PROCESS_VM_READV(310, 270),
    PWRITE64(18, 68),
    READ(0, 63),
    READLINKAT(267, 78),
    RECVFROM(45, 207),
    RECVMSG(47, 212),
    RENAMEAT(264, 38),
    RENAMEAT2(316, 276),
    RT_SIGACTION(13, 134),
    RT_SIGPENDING(127, 136),
    RT_SIGPROCMASK(14, 135),
    RT_SIGTIMEDWAIT(128, 137),
    SCHED_GETAFFINITY(204, 123),
    SCHED_GETATTR(315, 275),
    SCHED_SETAFFINITY(203, 122),
    SCHED_SETATTR(314, 274),
    SECCOMP(317, 277),
    SENDFILE(40, 71),
    SENDMSG(46, 211),
    SENDTO(44, 206),
    SET_MEMPOLICY(238, 237),
    SETDOMAINNAME(171, 162),
    SETFSGID(123, 152),
    SETFSUID(122, 151),
    SETGID(106, 144),
    SETGROUPS(116, 159),
    SETHOSTNAME(170, 161),
    SETNS(308, 268),
    SETPGID(109, 154),
    SETPRIORITY(141, 140),
    SETRESGID(119, 149),
    SETRESUID(117, 147),
    SETSID(112, 157),
    SETSOCKOPT(54, 208),
    SETUID(105, 146),
    SETXATTR(188, 5),
    SIGNALFD4(289, 74),
    SOCKET(41, 198),
    SOCKETPAIR(53, 199),
    SPLICE(275, 76),
    STATFS(137, 43),
    STATX(332, 291),
    SYMLINKAT(266, 36),
    SYNCFS(306, 267),
    TIMERFD_CREATE(283, 85),
    TIMERFD_SETTIME(286, 86),
    UMASK(95, 166),
    UMOUNT2(166, 39),
    UNAME(63, 160),
    UNLINKAT(263, 35),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    WAIT4(61, 260),
    WAITID(247, 95),
    WRITE(1, 64),
    WRITEV(20, 66);

    private static final Sys[] BY_NUMBER = new Sys[512];

    static {
        for (Sys call : values()) {
            BY_NUMBER[call.nr] = call;
        }
    }

    /** The number on the machine that this code was compiled for. */
    public final int nr;

    private final int x86_64;
    private final int aarch64;

    Sys(int x86_64, int aarch64) {
        this.x86_64 = x86_64;
        this.aarch64 = aarch64;
        this.nr = number(Arch.HERE);
    }

    /** The number on a machine that may be another. */
    public int number(Arch arch) {
        return arch == Arch.X86_64 ? x86_64 : aarch64;
    }

    /** The name in the manual's spelling, or the number if no row has it. */
    public static String name(int nr) {
        Sys call = nr >= 0 && nr < BY_NUMBER.length ? BY_NUMBER[nr] : null;
        return call == null ? "syscall_" + nr : call.text();
    }

    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
