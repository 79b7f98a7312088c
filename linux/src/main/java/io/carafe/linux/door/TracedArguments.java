package io.carafe.linux.door;

import static io.carafe.linux.door.TracedArguments.As.CAPABILITIES;
import static io.carafe.linux.door.TracedArguments.As.FD;
import static io.carafe.linux.door.TracedArguments.As.HEX;
import static io.carafe.linux.door.TracedArguments.As.NUMBER;
import static io.carafe.linux.door.TracedArguments.As.OCTAL;
import static io.carafe.linux.door.TracedArguments.As.STRING;
import static io.carafe.linux.door.TracedArguments.As.STRINGS;

import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Struct.CloneArgs;
import io.carafe.linux.abi.Struct.MountAttr;
import io.carafe.linux.abi.Struct.OpenHow;
import io.carafe.linux.abi.Struct.SchedAttr;
import io.carafe.linux.abi.Struct.SockaddrUn;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/**
 * Which arguments of a call matter in a trace, and how they read: a row for each call, in the order of the manual.
 *
 * <p>Environments are left out, for the secrets in them. A call without a row shows its first three arguments in hexadecimal.
 */
final class TracedArguments {

    /** How an argument reads. */
    enum As { NUMBER, HEX, OCTAL, FD, STRING, STRINGS, CAPABILITIES }

    /**
     * @param index of the argument, from 0
     * @param field offset in the struct that the argument points to; -1 for the argument itself
     */
    private record Column(int index, int field, String name, As as) {
    }

    private static final int AT_FDCWD = -100;
    /** No memory is mapped below (vm.mmap_min_addr), nor at negative addresses: the kernel's half. */
    private static final long LOWEST_ADDRESS = 65536;
    private static final int LONGEST_STRING = 4096;
    private static final int MOST_STRINGS = 32;

    private static final Column[][] ROWS = new Column[512][];

    static {
        row(Sys.ACCEPT4, of(0, "fd", FD), of(3, "flags", HEX));
        row(Sys.BIND, of(0, "fd", FD), in(1, SockaddrUn.PATH, "path", STRING));
        row(Sys.BPF, of(0, "command", NUMBER));
        row(Sys.CAPGET);
        row(Sys.CAPSET, in(1, 0, "effective", CAPABILITIES), in(1, 4, "permitted", CAPABILITIES), in(1, 8, "inheritable", CAPABILITIES));
        row(Sys.CHDIR, of(0, "path", STRING));
        row(Sys.CHROOT, of(0, "path", STRING));
        row(Sys.CLONE, of(0, "flags", HEX));
        row(Sys.CLONE3, in(0, CloneArgs.FLAGS, "flags", HEX), in(0, CloneArgs.CGROUP, "cgroup", NUMBER));
        row(Sys.CLOSE, of(0, "fd", FD));
        row(Sys.CLOSE_RANGE, of(0, "first", NUMBER), of(1, "last", NUMBER), of(2, "flags", HEX));
        row(Sys.CONNECT, of(0, "fd", FD), in(1, SockaddrUn.PATH, "path", STRING));
        row(Sys.DUP3, of(0, "fd", FD), of(1, "number", NUMBER), of(2, "flags", HEX));
        row(Sys.EPOLL_CREATE1, of(0, "flags", HEX));
        row(Sys.EPOLL_CTL, of(0, "epoll", FD), of(1, "operation", NUMBER), of(2, "fd", FD));
        row(Sys.EPOLL_PWAIT, of(0, "epoll", FD), of(2, "count", NUMBER), of(3, "timeout", NUMBER));
        row(Sys.EXECVE, of(0, "path", STRING), of(1, "argv", STRINGS));
        row(Sys.EXECVEAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "argv", STRINGS), of(4, "flags", HEX));
        row(Sys.EXIT_GROUP, of(0, "status", NUMBER));
        row(Sys.EVENTFD2, of(0, "count", NUMBER), of(1, "flags", HEX));
        row(Sys.FACCESSAT2, of(0, "dir", FD), of(1, "path", STRING), of(2, "mode", OCTAL), of(3, "flags", HEX));
        row(Sys.FCHDIR, of(0, "fd", FD));
        row(Sys.FCHMOD, of(0, "fd", FD), of(1, "mode", OCTAL));
        row(Sys.FCHMODAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "mode", OCTAL));
        row(Sys.FCHOWN, of(0, "fd", FD), of(1, "uid", NUMBER), of(2, "gid", NUMBER));
        row(Sys.FCHOWNAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "uid", NUMBER), of(3, "gid", NUMBER), of(4, "flags", HEX));
        row(Sys.FCNTL, of(0, "fd", FD), of(1, "command", NUMBER), of(2, "argument", HEX));
        row(Sys.FLOCK, of(0, "fd", FD), of(1, "operation", HEX));
        row(Sys.FSCONFIG, of(0, "fd", FD), of(1, "command", NUMBER), of(2, "key", STRING), of(3, "value", STRING), of(4, "aux", NUMBER));
        row(Sys.FSMOUNT, of(0, "fd", FD), of(2, "attributes", HEX));
        row(Sys.FSOPEN, of(0, "type", STRING));
        row(Sys.FSTATFS, of(0, "fd", FD));
        row(Sys.FSYNC, of(0, "fd", FD));
        row(Sys.GETCWD);
        row(Sys.GETDENTS64, of(0, "fd", FD));
        row(Sys.GETEGID);
        row(Sys.GETEUID);
        row(Sys.GETPID);
        row(Sys.GETPPID);
        row(Sys.INOTIFY_ADD_WATCH, of(0, "inotify", FD), of(1, "path", STRING), of(2, "mask", HEX));
        row(Sys.INOTIFY_INIT1, of(0, "flags", HEX));
        row(Sys.IOCTL, of(0, "fd", FD), of(1, "request", HEX));
        row(Sys.IOPRIO_GET, of(0, "which", NUMBER), of(1, "who", NUMBER));
        row(Sys.IOPRIO_SET, of(0, "which", NUMBER), of(1, "who", NUMBER), of(2, "ioprio", HEX));
        row(Sys.KEYCTL, of(0, "operation", NUMBER), of(1, "second", HEX), of(2, "third", HEX));
        row(Sys.KILL, of(0, "pid", NUMBER), of(1, "signal", NUMBER));
        row(Sys.LISTEN, of(0, "fd", FD));
        row(Sys.MADVISE, of(0, "address", HEX), of(1, "length", NUMBER), of(2, "advice", NUMBER));
        row(Sys.MEMFD_CREATE, of(0, "name", STRING), of(1, "flags", HEX));
        row(Sys.MKDIRAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "mode", OCTAL));
        row(Sys.MKNODAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "mode", OCTAL), of(3, "device", HEX));
        row(Sys.MOUNT, of(0, "source", STRING), of(1, "target", STRING), of(2, "type", STRING), of(3, "flags", HEX),
                of(4, "data", STRING));
        row(Sys.MOUNT_SETATTR, of(0, "dir", FD), of(1, "path", STRING), of(2, "flags", HEX), in(3, MountAttr.ATTR_SET, "set", HEX),
                in(3, MountAttr.ATTR_CLR, "clear", HEX), in(3, MountAttr.PROPAGATION, "propagation", HEX));
        row(Sys.MOVE_MOUNT, of(0, "from", FD), of(1, "fromPath", STRING), of(2, "to", FD), of(3, "toPath", STRING), of(4, "flags", HEX));
        row(Sys.OPEN_TREE, of(0, "dir", FD), of(1, "path", STRING), of(2, "flags", HEX));
        row(Sys.OPENAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "flags", HEX), of(3, "mode", OCTAL));
        row(Sys.OPENAT2, of(0, "dir", FD), of(1, "path", STRING), in(2, OpenHow.FLAGS, "flags", HEX), in(2, OpenHow.MODE, "mode", OCTAL),
                in(2, OpenHow.RESOLVE, "resolve", HEX));
        row(Sys.PERSONALITY, of(0, "persona", HEX));
        row(Sys.PIDFD_OPEN, of(0, "pid", NUMBER));
        row(Sys.PIDFD_SEND_SIGNAL, of(0, "fd", FD), of(1, "signal", NUMBER));
        row(Sys.PIPE2, of(1, "flags", HEX));
        row(Sys.PIVOT_ROOT, of(0, "newRoot", STRING), of(1, "putOld", STRING));
        row(Sys.PPOLL, in(0, 0, "first", FD), of(1, "count", NUMBER));
        row(Sys.PRCTL, of(0, "option", NUMBER), of(1, "second", HEX), of(2, "third", HEX));
        row(Sys.PRLIMIT64, of(0, "pid", NUMBER), of(1, "resource", NUMBER));
        row(Sys.READ, of(0, "fd", FD), of(2, "count", NUMBER));
        row(Sys.READLINKAT, of(0, "dir", FD), of(1, "path", STRING));
        row(Sys.RECVFROM, of(0, "fd", FD), of(2, "length", NUMBER), of(3, "flags", HEX));
        row(Sys.RECVMSG, of(0, "fd", FD), of(2, "flags", HEX));
        row(Sys.RENAMEAT2, of(0, "fromDir", FD), of(1, "from", STRING), of(2, "toDir", FD), of(3, "to", STRING), of(4, "flags", HEX));
        row(Sys.RT_SIGACTION, of(0, "signal", NUMBER));
        row(Sys.RT_SIGPROCMASK, of(0, "how", NUMBER), in(1, 0, "set", HEX));
        row(Sys.SCHED_GETATTR, of(0, "pid", NUMBER), of(2, "size", NUMBER));
        row(Sys.SCHED_SETAFFINITY, of(0, "pid", NUMBER), of(1, "bytes", NUMBER), in(2, 0, "first", HEX));
        row(Sys.SCHED_SETATTR, of(0, "pid", NUMBER), in(1, 0, "policyAndSize", HEX), in(1, SchedAttr.FLAGS, "flags", HEX));
        row(Sys.SECCOMP, of(0, "operation", NUMBER), of(1, "flags", HEX));
        row(Sys.SENDFILE, of(0, "to", FD), of(1, "from", FD), of(3, "count", NUMBER));
        row(Sys.SENDMSG, of(0, "fd", FD), of(2, "flags", HEX));
        row(Sys.SENDTO, of(0, "fd", FD), of(2, "length", NUMBER), of(3, "flags", HEX));
        row(Sys.SET_MEMPOLICY, of(0, "mode", HEX), in(1, 0, "first", HEX), of(2, "maxnode", NUMBER));
        row(Sys.SETDOMAINNAME, of(1, "length", NUMBER));
        row(Sys.SETGROUPS, of(0, "count", NUMBER));
        row(Sys.SETHOSTNAME, of(1, "length", NUMBER));
        row(Sys.SETNS, of(0, "fd", FD), of(1, "type", HEX));
        row(Sys.SETPGID, of(0, "pid", NUMBER), of(1, "pgid", NUMBER));
        row(Sys.SETRESGID, of(0, "real", NUMBER), of(1, "effective", NUMBER), of(2, "saved", NUMBER));
        row(Sys.SETRESUID, of(0, "real", NUMBER), of(1, "effective", NUMBER), of(2, "saved", NUMBER));
        row(Sys.SETSID);
        row(Sys.SIGNALFD4, of(0, "fd", FD), in(1, 0, "set", HEX), of(3, "flags", HEX));
        row(Sys.SOCKET, of(0, "family", NUMBER), of(1, "type", HEX), of(2, "protocol", NUMBER));
        row(Sys.SOCKETPAIR, of(0, "family", NUMBER), of(1, "type", HEX));
        row(Sys.SPLICE, of(0, "from", FD), of(2, "to", FD), of(4, "most", NUMBER), of(5, "flags", HEX));
        row(Sys.STATFS, of(0, "path", STRING));
        row(Sys.STATX, of(0, "dir", FD), of(1, "path", STRING), of(2, "flags", HEX));
        row(Sys.SYMLINKAT, of(0, "target", STRING), of(1, "dir", FD), of(2, "path", STRING));
        row(Sys.SYNCFS, of(0, "fd", FD));
        row(Sys.UMASK, of(0, "mask", OCTAL));
        row(Sys.UMOUNT2, of(0, "target", STRING), of(1, "flags", HEX));
        row(Sys.UNLINKAT, of(0, "dir", FD), of(1, "path", STRING), of(2, "flags", HEX));
        row(Sys.UNSHARE, of(0, "flags", HEX));
        row(Sys.WAITID, of(0, "idType", NUMBER), of(1, "id", NUMBER), of(3, "options", HEX));
        row(Sys.WRITE, of(0, "fd", FD), of(2, "count", NUMBER));
    }

    private static final Column[] NO_ROW = {of(0, "a", HEX), of(1, "b", HEX), of(2, "c", HEX)};

    private TracedArguments() {
    }

    private static void row(Sys call, Column... columns) {
        ROWS[call.nr] = columns;
    }

    private static Column of(int index, String name, As as) {
        return new Column(index, -1, name, as);
    }

    private static Column in(int index, int field, String name, As as) {
        return new Column(index, field, name, as);
    }

    /** The members of a JSON object, as they are before the call: {@code "dir":"AT_FDCWD","path":"/"}. */
    static void append(StringBuilder json, Kernel kernel, int nr, long... values) {
        Column[] row = nr < ROWS.length && ROWS[nr] != null ? ROWS[nr] : NO_ROW;
        for (Column column : row) {
            append(Json.name(json, column.name), kernel, column, values[column.index]);
        }
    }

    private static void append(StringBuilder json, Kernel kernel, Column column, long value) {
        boolean pointer = column.field >= 0 || column.as == STRING || column.as == STRINGS;
        if (pointer && value == 0) {
            json.append("null");
        } else if (pointer && pointsNowhere(value)) {
            number(json, HEX, value);
        } else if (column.as == STRING) {
            Json.string(json, string(kernel, column.field < 0 ? value : value + column.field));
        } else if (column.as == STRINGS) {
            strings(json, kernel, value);
        } else {
            number(json, column.as, column.field < 0 ? value : field(kernel, column, value));
        }
    }

    /** A probe: the arguments are such that the kernel must refuse them. */
    private static boolean pointsNowhere(long address) {
        return address < LOWEST_ADDRESS || address == 0xffffffffL;
    }

    /** A descriptor is an int; a set of capabilities is two, 12 bytes apart (capset(2)); the other fields are longs. */
    private static long field(Kernel kernel, Column column, long struct) {
        long address = struct + column.field;
        return switch (column.as) {
            case FD -> kernel.getInt(address);
            case CAPABILITIES -> Integer.toUnsignedLong(kernel.getInt(address)) | (long) kernel.getInt(address + 12) << 32;
            default -> kernel.getLong(address);
        };
    }

    private static void number(StringBuilder json, As as, long value) {
        switch (as) {
            case FD -> json.append((int) value == AT_FDCWD ? "\"AT_FDCWD\"" : Integer.toString((int) value));
            case HEX, CAPABILITIES -> json.append("\"0x").append(Long.toHexString(value)).append('"');
            case OCTAL -> json.append(value == 0 ? "\"" : "\"0").append(Long.toOctalString(value)).append('"');
            default -> json.append(value);
        }
    }

    private static void strings(StringBuilder json, Kernel kernel, long array) {
        json.append('[');
        for (int i = 0; kernel.getLong(array + (long) i * Long.BYTES) != 0; i++) {
            json.append(i == 0 ? "" : ",");
            if (i == MOST_STRINGS) {
                json.append("\"…\"");
                break;
            }
            Json.string(json, string(kernel, kernel.getLong(array + (long) i * Long.BYTES)));
        }
        json.append(']');
    }

    private static String string(Kernel kernel, long address) {
        int length = 0;
        while (length < LONGEST_STRING && kernel.getByte(address + length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        kernel.get(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
