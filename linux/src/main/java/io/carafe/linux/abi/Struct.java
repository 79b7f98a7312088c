package io.carafe.linux.abi;

/** Offsets and sizes in bytes of the structs that carafe hands to the kernel. All but one are the same on x86_64 and aarch64. */
public final class Struct {

    /** struct open_how, openat2(2). */
    public static final class OpenHow {
        public static final int FLAGS = 0;
        public static final int MODE = 8;
        public static final int RESOLVE = 16;
        public static final int SIZE = 24;

        private OpenHow() {
        }
    }

    /** struct flock, fcntl(2): {@code l_type} and {@code l_whence} are two halves of the first word. */
    public static final class Flock {
        public static final int TYPE = 0;
        public static final int START = 8;
        public static final int LENGTH = 16;
        public static final int PID = 24;
        public static final int SIZE = 32;

        private Flock() {
        }
    }

    /** struct clone_args, clone3(2), with the cgroup of Linux 5.7. */
    public static final class CloneArgs {
        public static final int FLAGS = 0;
        public static final int PIDFD = 8;
        public static final int EXIT_SIGNAL = 32;
        public static final int CGROUP = 80;
        public static final int SIZE = 88;

        private CloneArgs() {
        }
    }

    /** struct mount_attr, mount_setattr(2). */
    public static final class MountAttr {
        public static final int ATTR_SET = 0;
        public static final int ATTR_CLR = 8;
        public static final int PROPAGATION = 16;
        public static final int USERNS_FD = 24;
        public static final int SIZE = 32;

        private MountAttr() {
        }
    }

    /** struct statx, statx(2). */
    public static final class Statx {
        public static final int MASK = 0;
        public static final int ATTRIBUTES = 8;
        public static final int NLINK = 16;
        public static final int UID = 20;
        public static final int GID = 24;
        public static final int MODE = 28;
        public static final int INO = 32;
        public static final int DEVICE_SIZE = 40;
        /** struct statx_timestamp: seconds in 8 bytes, nanoseconds in 4. */
        public static final int ATIME = 64;
        public static final int MTIME = 112;
        public static final int RDEV_MAJOR = 128;
        public static final int RDEV_MINOR = 132;
        public static final int DEV_MAJOR = 136;
        public static final int DEV_MINOR = 140;
        public static final int MNT_ID = 144;
        public static final int SIZE = 256;

        private Statx() {
        }
    }

    /** struct stat as newfstatat fills it (asm/stat.h): of x86_64, and of asm-generic. */
    public static final class Stat {
        private static final boolean X86 = Arch.HERE == Arch.X86_64;
        public static final int DEV = 0;
        public static final int INO = 8;
        /** 8 bytes on x86_64, else 4. */
        public static final int NLINK = X86 ? 16 : 20;
        public static final int MODE = X86 ? 24 : 16;
        public static final int UID = X86 ? 28 : 24;
        public static final int GID = X86 ? 32 : 28;
        public static final int RDEV = X86 ? 40 : 32;
        public static final int DEVICE_SIZE = 48;
        /** Seconds and nanoseconds, 8 bytes each. */
        public static final int ATIME = 72;
        public static final int MTIME = 88;
        public static final int SIZE = 144;

        private Stat() {
        }
    }

    /** struct new_utsname, uname(2): six texts of 65 bytes. */
    public static final class Utsname {
        public static final int RELEASE = 2 * 65;
        public static final int SIZE = 6 * 65;

        private Utsname() {
        }
    }

    /** struct statfs, statfs(2), 64-bit. */
    public static final class Statfs {
        public static final int TYPE = 0;
        public static final int FLAGS = 80;
        public static final int SIZE = 120;

        private Statfs() {
        }
    }

    /** struct linux_dirent64, getdents64(2): an entry's name starts at NAME and ends with NUL. */
    public static final class Dirent {
        public static final int RECLEN = 16;
        public static final int TYPE = 18;
        public static final int NAME = 19;
        /** DT_DIR, a value of TYPE. */
        public static final int DIRECTORY = 4;

        private Dirent() {
        }
    }

    /** struct epoll_event, epoll_ctl(2): packed only on x86_64 (linux/eventpoll.h). */
    public static final class EpollEvent {
        public static final int EVENTS = 0;
        public static final int VALUE = Arch.HERE == Arch.X86_64 ? 4 : 8;
        public static final int SIZE = Arch.HERE == Arch.X86_64 ? 12 : 16;

        private EpollEvent() {
        }
    }

    /** siginfo_t as waitid(2) fills it. */
    public static final class Siginfo {
        public static final int CODE = 8;
        public static final int PID = 16;
        public static final int STATUS = 24;
        public static final int SIZE = 128;

        private Siginfo() {
        }
    }

    /** struct signalfd_siginfo, signalfd(2). */
    public static final class SignalfdSiginfo {
        public static final int SIGNO = 0;
        public static final int PID = 12;
        public static final int SIZE = 128;

        private SignalfdSiginfo() {
        }
    }

    /** struct sched_attr, sched_setattr(2), with the clamps of Linux 5.3. */
    public static final class SchedAttr {
        public static final int LENGTH = 0;
        public static final int POLICY = 4;
        public static final int FLAGS = 8;
        public static final int NICE = 16;
        public static final int PRIORITY = 20;
        public static final int RUNTIME = 24;
        public static final int DEADLINE = 32;
        public static final int PERIOD = 40;
        public static final int SIZE = 56;

        private SchedAttr() {
        }
    }

    /** struct msghdr, sendmsg(2), with one iovec and one cmsghdr behind it. */
    public static final class Msghdr {
        public static final int IOV = 16;
        public static final int IOVLEN = 24;
        public static final int CONTROL = 32;
        public static final int CONTROLLEN = 40;
        public static final int FLAGS = 48;
        public static final int SIZE = 56;

        private Msghdr() {
        }
    }

    /** struct cmsghdr, cmsg(3): a length that includes the header, the level, the type, then the data. */
    public static final class Cmsghdr {
        public static final int LEN = 0;
        public static final int LEVEL = 8;
        public static final int TYPE = 12;
        public static final int SIZE = 16;

        private Cmsghdr() {
        }
    }

    /** struct sockaddr_nl, netlink(7). */
    public static final class SockaddrNl {
        public static final int PID = 4;
        public static final int SIZE = 12;

        private SockaddrNl() {
        }
    }

    /** struct sockaddr_un, unix(7). */
    public static final class SockaddrUn {
        public static final int PATH = 2;
        public static final int SIZE = 110;

        private SockaddrUn() {
        }
    }

    /**
     * struct nlmsghdr, netlink(7), which a message's own header follows. TYPE and FLAGS are 16 bits each.
     *
     * <pre>
     * 0       4     6      8         12       16
     * length  type  flags  sequence  port id
     * </pre>
     */
    public static final class Nlmsghdr {
        public static final int LENGTH = 0;
        public static final int TYPE = 4;
        public static final int FLAGS = 6;
        public static final int SEQUENCE = 8;
        public static final int SIZE = 16;

        private Nlmsghdr() {
        }
    }

    /** struct ifinfomsg, rtnetlink(7). */
    public static final class Ifinfomsg {
        public static final int INDEX = 4;
        public static final int FLAGS = 8;
        public static final int CHANGE = 12;
        public static final int SIZE = 16;

        private Ifinfomsg() {
        }
    }

    /** struct ifaddrmsg, rtnetlink(7): four bytes and the interface's index. */
    public static final class Ifaddrmsg {
        public static final int FAMILY = 0;
        public static final int PREFIXLEN = 1;
        public static final int FLAGS = 2;
        public static final int SCOPE = 3;
        public static final int INDEX = 4;
        public static final int SIZE = 8;

        private Ifaddrmsg() {
        }
    }

    /** struct pollfd, poll(2): an int, two shorts. */
    public static final class Pollfd {
        public static final int FD = 0;
        public static final int EVENTS = 4;
        public static final int SIZE = 8;

        private Pollfd() {
        }
    }

    /** The kernel's struct termios, TCGETS of ioctl_tty(2), which is not the C library's; and its bits, termios(3). */
    public static final class Termios {
        public static final int IFLAG = 0;
        public static final int OFLAG = 4;
        public static final int CFLAG = 8;
        public static final int LFLAG = 12;
        public static final int LINE = 16;
        public static final int CC = 17;
        public static final int CHARACTERS = 19;
        public static final int SIZE = 36;

        public static final int IGNBRK = 01;
        public static final int BRKINT = 02;
        public static final int PARMRK = 010;
        public static final int ISTRIP = 040;
        public static final int INLCR = 0100;
        public static final int IGNCR = 0200;
        public static final int ICRNL = 0400;
        public static final int IXON = 02000;
        public static final int OPOST = 01;
        public static final int ONLCR = 04;
        public static final int CSIZE = 060;
        public static final int CS8 = 060;
        public static final int PARENB = 0400;
        public static final int ISIG = 01;
        public static final int ICANON = 02;
        public static final int ECHO = 010;
        public static final int ECHONL = 0100;
        public static final int IEXTEN = 0100000;
        /** Indices into the control characters. */
        public static final int VEOF = 4;
        public static final int VTIME = 5;
        public static final int VMIN = 6;

        private Termios() {
        }
    }

    /** struct loop_config, LOOP_CONFIGURE of loop(4): the file, then a struct loop_info64, then zeros. */
    public static final class LoopConfig {
        public static final int FD = 0;
        /** Offset of the struct loop_info64, the argument of LOOP_SET_STATUS64. */
        public static final int INFO = 8;
        public static final int FLAGS = INFO + 52;
        public static final int FILE_NAME = INFO + 56;
        /** The NUL at its end included. */
        public static final int FILE_NAME_SIZE = 64;
        public static final int SIZE = 304;

        private LoopConfig() {
        }
    }

    /** struct winsize, TIOCGWINSZ of ioctl_tty(2): four shorts, of which the last two, in pixels, are unused. */
    public static final class Winsize {
        public static final int ROWS = 0;
        public static final int COLUMNS = 2;
        public static final int SIZE = 8;

        private Winsize() {
        }
    }

    /**
     * struct bpf_insn, eBPF.
     *
     * <pre>
     * 0      1            2        4           8
     * opcode src:4 dst:4  offset   immediate
     * </pre>
     */
    public static final class BpfInstruction {
        public static final int OPCODE = 0;
        public static final int REGISTERS = 1;
        public static final int OFFSET = 2;
        public static final int IMMEDIATE = 4;
        public static final int SIZE = 8;

        private BpfInstruction() {
        }
    }

    /** union bpf_attr of BPF_PROG_LOAD, up to the name (Linux 4.15). */
    public static final class BpfLoad {
        public static final int PROG_TYPE = 0;
        public static final int INSN_CNT = 4;
        public static final int INSNS = 8;
        public static final int LICENSE = 16;
        public static final int PROG_NAME = 48;
        public static final int SIZE = 64;

        private BpfLoad() {
        }
    }

    /** union bpf_attr of BPF_PROG_ATTACH. */
    public static final class BpfAttach {
        public static final int TARGET_FD = 0;
        public static final int ATTACH_BPF_FD = 4;
        public static final int ATTACH_TYPE = 8;
        public static final int ATTACH_FLAGS = 12;
        public static final int REPLACE_BPF_FD = 16;
        public static final int SIZE = 20;

        private BpfAttach() {
        }
    }

    /** union bpf_attr of BPF_PROG_QUERY. */
    public static final class BpfQuery {
        public static final int TARGET_FD = 0;
        public static final int ATTACH_TYPE = 4;
        public static final int PROG_IDS = 16;
        public static final int PROG_CNT = 24;
        /** With fields of later kernels, which write them whatever the size says: the last is {@code revision}. */
        public static final int SIZE = 64;

        private BpfQuery() {
        }
    }

    /** union bpf_attr of BPF_PROG_GET_FD_BY_ID. */
    public static final class BpfById {
        public static final int ID = 0;
        public static final int SIZE = 12;

        private BpfById() {
        }
    }

    /**
     * struct sock_filter, an instruction of classic BPF. Read as one little-endian word of 64 bits, the code is its lowest part.
     *
     * <pre>
     * 0     2         3          4         8
     * code  jump if   jump if    operand
     *       true:8    false:8
     * </pre>
     */
    public static final class SockFilter {
        public static final int SIZE = 8;
        public static final int JT_SHIFT = 16;
        public static final int JF_SHIFT = 24;
        public static final int K_SHIFT = 32;

        private SockFilter() {
        }
    }

    /** struct sock_fprog: the number of instructions in 16 bits, and their address. */
    public static final class SockFprog {
        public static final int LEN = 0;
        public static final int FILTER = 8;
        public static final int SIZE = 16;

        private SockFprog() {
        }
    }

    private Struct() {
    }
}
