package io.carafe.linux.call.socket;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.SocketFlags.AF_INET;
import static io.carafe.linux.abi.SocketFlags.AF_UNIX;
import static io.carafe.linux.abi.SocketFlags.IFF_UP;
import static io.carafe.linux.abi.SocketFlags.MSG_CMSG_CLOEXEC;
import static io.carafe.linux.abi.SocketFlags.MSG_CTRUNC;
import static io.carafe.linux.abi.SocketFlags.MSG_NOSIGNAL;
import static io.carafe.linux.abi.SocketFlags.SCM_RIGHTS;
import static io.carafe.linux.abi.SocketFlags.SIOCGIFFLAGS;
import static io.carafe.linux.abi.SocketFlags.SIOCSIFFLAGS;
import static io.carafe.linux.abi.SocketFlags.SOCK_CLOEXEC;
import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOL_SOCKET;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.Cmsghdr;
import io.carafe.linux.abi.Struct.Msghdr;
import io.carafe.linux.abi.Struct.SockaddrUn;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** unix(7) sockets, with descriptors passed by SCM_RIGHTS. */
public final class Sockets {

    /** What the kernel passes in one message at most: SCM_MAX_FD. */
    private static final int MAX_FDS = 253;

    private final Kernel kernel;
    private final Memory memory;

    public Sockets(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** The two ends of socketpair(2); the caller owns both. */
    public record Pair(Fd here, Fd there) {
    }

    /** socketpair(2) of AF_UNIX. @param type SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM */
    public Pair pair(int type) {
        try (Memory.Frame frame = memory.frame()) {
            long fds = frame.zeroed(8);
            check("socketpair", kernel.call(Sys.SOCKETPAIR.nr, AF_UNIX, type | SOCK_CLOEXEC, 0, fds));
            return new Pair(Fd.owned(kernel, kernel.getInt(fds)), Fd.owned(kernel, kernel.getInt(fds + 4)));
        }
    }

    /** socket(2). The caller owns the result. */
    public Fd socket(int family, int type, int protocol) {
        return Fd.owned(kernel, check("socket", kernel.call(Sys.SOCKET.nr, family, type | SOCK_CLOEXEC, protocol)));
    }

    /**
     * connect(2) of a new socket to a path. The caller owns the result.
     *
     * @param path one that begins with {@code @} is a name of the abstract namespace, unix(7)
     * @param type SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
     * @throws KernelException ENAMETOOLONG for a path over 107 bytes (connect through /proc/self/fd instead); ENOENT; ECONNREFUSED
     *     if no process listens
     */
    public Fd connect(String path, int type) {
        return named("connect ", Sys.CONNECT, path, type);
    }

    /** bind(2) of a new socket to a path that must not exist, and listen(2). The caller owns the result. */
    public Fd listen(String path, int type) {
        return listen(path, type, 1);
    }

    /** The same. @param backlog how many may have connected before they are accepted; the kernel takes SOMAXCONN at most */
    public Fd listen(String path, int type, int backlog) {
        Fd socket = named("bind ", Sys.BIND, path, type);
        long result = kernel.call(Sys.LISTEN.nr, socket.number(), backlog);
        if (result < 0) {
            socket.close();
            removeName(path);
            throw KernelException.of("listen on " + path, result);
        }
        return socket;
    }

    /** No other process knows of it yet. */
    private void removeName(String path) {
        if (!path.startsWith("@")) {
            try (Memory.Frame frame = memory.frame()) {
                kernel.call(Sys.UNLINKAT.nr, Fd.CWD.number(), frame.string(path), 0);
            }
        }
    }

    /** bind(2) of a new socket to a path that must not exist. The caller owns the result. @param type SOCK_DGRAM, which has no connections */
    public Fd bind(String path, int type) {
        return named("bind ", Sys.BIND, path, type);
    }

    private Fd named(String what, Sys call, String path, int type) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= SockaddrUn.SIZE - SockaddrUn.PATH) {
            throw new KernelException(what + path, Errno.ENAMETOOLONG);
        }
        Fd socket = socket(AF_UNIX, type, 0);
        try (Memory.Frame frame = memory.frame()) {
            long address = frame.zeroed(SockaddrUn.SIZE);
            kernel.putByte(address, (byte) AF_UNIX);
            kernel.put(address + SockaddrUn.PATH, name, 0, name.length);
            boolean isAbstract = path.startsWith("@");
            if (isAbstract) {
                kernel.putByte(address + SockaddrUn.PATH, (byte) 0);
            }
            long result = kernel.call(call.nr, socket.number(), address, SockaddrUn.PATH + name.length + (isAbstract ? 0 : 1L));
            if (result < 0) {
                socket.close();
                throw KernelException.of(what + path, result);
            }
            return socket;
        }
    }

    /** accept4(2); blocks. The caller owns the result. */
    public Fd accept(Fd listener) {
        long result;
        do {
            result = kernel.call(Sys.ACCEPT4.nr, listener.number(), 0, 0, SOCK_CLOEXEC);
        } while (result == -Errno.EINTR.number);
        return Fd.owned(kernel, check("accept", result));
    }

    /** accept4(2) with SOCK_NONBLOCK, of a listener that is so itself. The caller owns the result. @return empty if no client waits (EAGAIN) */
    public Optional<Fd> tryAccept(Fd listener) {
        long result;
        do {
            result = kernel.call(Sys.ACCEPT4.nr, listener.number(), 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
            // ECONNABORTED: that one has gone, the next may be there.
        } while (result == -Errno.EINTR.number || result == -Errno.ECONNABORTED.number);
        return result == -Errno.EAGAIN.number ? Optional.empty() : Optional.of(Fd.owned(kernel, check("accept", result)));
    }

    /** Sets IFF_UP of a network interface of this network namespace: netdevice(7). @throws KernelException ENODEV */
    public void bringUp(String name) {
        final int ifreqSize = 40;
        final int ifrFlags = 16;
        try (Fd socket = socket(AF_INET, SOCK_DGRAM, 0); Memory.Frame frame = memory.frame()) {
            long ifreq = frame.zeroed(ifreqSize);
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= ifrFlags) {
                throw new KernelException("bring up " + name, Errno.ENODEV);
            }
            kernel.put(ifreq, bytes, 0, bytes.length);
            check("read the flags of " + name, kernel.call(Sys.IOCTL.nr, socket.number(), SIOCGIFFLAGS, ifreq));
            kernel.putInt(ifreq + ifrFlags, kernel.getInt(ifreq + ifrFlags) | IFF_UP);
            check("bring up " + name, kernel.call(Sys.IOCTL.nr, socket.number(), SIOCSIFFLAGS, ifreq));
        }
    }

    /** sendmsg(2), with descriptors that stay the sender's. @throws KernelException EPIPE when the other end is closed (no signal is raised) */
    public void send(Fd socket, byte[] content, List<Fd> fds) {
        try (Memory.Frame frame = memory.frame()) {
            long control = 0;
            int controlLength = 0;
            if (!fds.isEmpty()) {
                controlLength = Cmsghdr.SIZE + fds.size() * Integer.BYTES;
                control = frame.zeroed(controlLength);
                kernel.putLong(control + Cmsghdr.LEN, controlLength);
                kernel.putInt(control + Cmsghdr.LEVEL, SOL_SOCKET);
                kernel.putInt(control + Cmsghdr.TYPE, SCM_RIGHTS);
                for (int i = 0; i < fds.size(); i++) {
                    kernel.putInt(control + Cmsghdr.SIZE + (long) i * Integer.BYTES, fds.get(i).number());
                }
            }
            long message = header(frame, frame.bytes(content), content.length, control, controlLength);
            long result;
            do {
                result = kernel.call(Sys.SENDMSG.nr, socket.number(), message, MSG_NOSIGNAL);
            } while (result == -Errno.EINTR.number);
            check("sendmsg", result);
        }
    }

    /** What recvmsg(2) brought: no bytes and no descriptors when the other end is closed. The caller owns the descriptors. */
    public record Message(byte[] content, List<Fd> fds) {
    }

    /**
     * recvmsg(2), once; blocks.
     *
     * @param limit in bytes: a packet that is longer is cut
     * @throws KernelException EMFILE when descriptors came that found no number: MSG_CTRUNC
     */
    public Message receive(Fd socket, int limit) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(limit);
            int controlLength = Cmsghdr.SIZE + MAX_FDS * Integer.BYTES;
            long control = frame.raw(controlLength);
            long message = header(frame, buffer, limit, control, controlLength);
            long result;
            do {
                result = kernel.call(Sys.RECVMSG.nr, socket.number(), message, MSG_CMSG_CLOEXEC);
            } while (result == -Errno.EINTR.number);
            check("recvmsg", result);
            List<Fd> fds = received(control, kernel.getLong(message + Msghdr.CONTROLLEN));
            if ((kernel.getInt(message + Msghdr.FLAGS) & MSG_CTRUNC) != 0) {
                fds.forEach(Fd::close);
                throw new KernelException("recvmsg", Errno.EMFILE);
            }
            byte[] content = new byte[(int) result];
            kernel.get(buffer, content, 0, content.length);
            return new Message(content, fds);
        }
    }

    private List<Fd> received(long control, long length) {
        List<Fd> fds = new ArrayList<>(0);
        if (length >= Cmsghdr.SIZE && kernel.getInt(control + Cmsghdr.TYPE) == SCM_RIGHTS) {
            long end = control + kernel.getLong(control + Cmsghdr.LEN);
            for (long at = control + Cmsghdr.SIZE; at < end; at += Integer.BYTES) {
                fds.add(Fd.owned(kernel, kernel.getInt(at)));
            }
        }
        return fds;
    }

    private long header(Memory.Frame frame, long content, long length, long control, long controlLength) {
        long iov = frame.raw(16);
        kernel.putLong(iov, content);
        kernel.putLong(iov + 8, length);
        long message = frame.zeroed(Msghdr.SIZE);
        kernel.putLong(message + Msghdr.IOV, iov);
        kernel.putLong(message + Msghdr.IOVLEN, 1);
        kernel.putLong(message + Msghdr.CONTROL, control);
        kernel.putLong(message + Msghdr.CONTROLLEN, controlLength);
        return message;
    }
}
