package io.carafe.linux.call.socket;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.SocketFlags.AF_NETLINK;
import static io.carafe.linux.abi.SocketFlags.IFF_UP;
import static io.carafe.linux.abi.SocketFlags.IFLA_IFNAME;
import static io.carafe.linux.abi.SocketFlags.IFLA_NET_NS_FD;
import static io.carafe.linux.abi.SocketFlags.NETLINK_ROUTE;
import static io.carafe.linux.abi.SocketFlags.NLMSG_DONE;
import static io.carafe.linux.abi.SocketFlags.NLMSG_ERROR;
import static io.carafe.linux.abi.SocketFlags.NLM_F_ACK;
import static io.carafe.linux.abi.SocketFlags.NLM_F_CREATE;
import static io.carafe.linux.abi.SocketFlags.NLM_F_DUMP;
import static io.carafe.linux.abi.SocketFlags.NLM_F_DUMP_INTR;
import static io.carafe.linux.abi.SocketFlags.NLM_F_EXCL;
import static io.carafe.linux.abi.SocketFlags.NLM_F_REQUEST;
import static io.carafe.linux.abi.SocketFlags.RTM_GETADDR;
import static io.carafe.linux.abi.SocketFlags.RTM_GETLINK;
import static io.carafe.linux.abi.SocketFlags.RTM_NEWADDR;
import static io.carafe.linux.abi.SocketFlags.RTM_NEWLINK;
import static io.carafe.linux.abi.SocketFlags.SOCK_CLOEXEC;
import static io.carafe.linux.abi.SocketFlags.SOCK_RAW;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.Ifaddrmsg;
import io.carafe.linux.abi.Struct.Ifinfomsg;
import io.carafe.linux.abi.Struct.Nlmsghdr;
import io.carafe.linux.abi.Struct.SockaddrNl;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * rtnetlink(7): the links and addresses of a network namespace, by its socket.
 *
 * <p>A socket belongs to the namespace in which it was opened, also if its owner moves.
 */
public final class Netlink {

    /** The kernel's answers to a dump are pages or 32 KiB at most. */
    private static final int BUFFER = 32 * 1024;
    private static final int REQUEST = 1024;
    private static final int ALIGNMENT = 4;
    private static final int ATTRIBUTE_HEADER = 4;

    private final Kernel kernel;
    private final Memory memory;
    private int sequence;

    public Netlink(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** @param flags IFF_… */
    public record Link(int index, int flags) {
    }

    /** @param flags IFA_F_…. @param scope RT_SCOPE_…. @param attributes IFA_… as they came */
    public record Address(int family, int prefixLength, int flags, int scope, List<Attribute> attributes) {
    }

    /** struct rtattr. */
    public record Attribute(int type, byte[] value) {

        static Attribute text(int type, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return new Attribute(type, java.util.Arrays.copyOf(utf8, utf8.length + 1));
        }

        public static Attribute word(int type, int value) {
            return new Attribute(type, new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)});
        }

        /** The value as an unsigned word, of an attribute that has one. */
        public int word() {
            return value[0] & 0xff | (value[1] & 0xff) << 8 | (value[2] & 0xff) << 16 | value[3] << 24;
        }
    }

    /** A socket of the caller's network namespace. The caller owns the result. */
    public Fd route() {
        return Fd.owned(kernel, check("socket", kernel.call(Sys.SOCKET.nr, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)));
    }

    /** RTM_GETLINK by name. @return empty when there is no such link (ENODEV) */
    public Optional<Link> link(Fd socket, String name) {
        List<Link> found = new ArrayList<>(1);
        try {
            ask(socket, "RTM_GETLINK " + name, RTM_GETLINK, 0, new byte[Ifinfomsg.SIZE], List.of(Attribute.text(IFLA_IFNAME, name)), (at, length) ->
                    found.add(new Link(kernel.getInt(at + Ifinfomsg.INDEX), kernel.getInt(at + Ifinfomsg.FLAGS))));
        } catch (KernelException e) {
            if (!e.is(Errno.ENODEV)) {
                throw e;
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    /** RTM_GETADDR: the addresses of a link, of every family. Asked again while they change (NLM_F_DUMP_INTR). */
    public List<Address> addresses(Fd socket, int link) {
        List<Address> addresses = new ArrayList<>();
        boolean whole;
        do {
            addresses.clear();
            whole = ask(socket, "RTM_GETADDR", RTM_GETADDR, NLM_F_DUMP, new byte[Ifaddrmsg.SIZE], List.of(), (at, length) -> {
                if (kernel.getInt(at + Ifaddrmsg.INDEX) == link) {
                    addresses.add(new Address(unsigned(at + Ifaddrmsg.FAMILY), unsigned(at + Ifaddrmsg.PREFIXLEN), unsigned(at + Ifaddrmsg.FLAGS),
                            unsigned(at + Ifaddrmsg.SCOPE), attributes(at + Ifaddrmsg.SIZE, at + length)));
                }
            });
        } while (!whole);
        return addresses;
    }

    /**
     * RTM_NEWLINK: moves a link into another network namespace and gives it a name there. The kernel takes it down and its addresses away.
     *
     * @param name may end with %d, for which the kernel finds a number
     * @throws KernelException EEXIST when the name is taken: the link may have been moved all the same; EINVAL for a link that cannot leave
     *     its namespace, as lo; EPERM without CAP_NET_ADMIN in both
     */
    public void moveLink(Fd socket, int link, Fd namespace, String name) {
        ask(socket, "RTM_NEWLINK", RTM_NEWLINK, NLM_F_ACK, link(link, 0, 0),
                List.of(Attribute.text(IFLA_IFNAME, name), Attribute.word(IFLA_NET_NS_FD, namespace.number())), (at, length) -> { });
    }

    /** RTM_NEWLINK: a new name. @param name may end with %d. @throws KernelException EEXIST */
    public void renameLink(Fd socket, int link, String name) {
        ask(socket, "RTM_NEWLINK", RTM_NEWLINK, NLM_F_ACK, link(link, 0, 0), List.of(Attribute.text(IFLA_IFNAME, name)), (at, length) -> { });
    }

    /** RTM_NEWLINK: sets IFF_UP. */
    public void setUp(Fd socket, int link) {
        ask(socket, "RTM_NEWLINK", RTM_NEWLINK, NLM_F_ACK, link(link, IFF_UP, IFF_UP), List.of(), (at, length) -> { });
    }

    /** RTM_NEWADDR. @param address its flags are those of the header, as IFA_F_NODAD; others by IFA_FLAGS. @throws KernelException EEXIST */
    public void addAddress(Fd socket, int link, Address address) {
        byte[] header = new byte[Ifaddrmsg.SIZE];
        header[Ifaddrmsg.FAMILY] = (byte) address.family();
        header[Ifaddrmsg.PREFIXLEN] = (byte) address.prefixLength();
        header[Ifaddrmsg.FLAGS] = (byte) address.flags();
        header[Ifaddrmsg.SCOPE] = (byte) address.scope();
        word(header, Ifaddrmsg.INDEX, link);
        ask(socket, "RTM_NEWADDR", RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, header, address.attributes(), (at, length) -> { });
    }

    private static byte[] link(int index, int flags, int change) {
        byte[] header = new byte[Ifinfomsg.SIZE];
        word(header, Ifinfomsg.INDEX, index);
        word(header, Ifinfomsg.FLAGS, flags);
        word(header, Ifinfomsg.CHANGE, change);
        return header;
    }

    private static void word(byte[] into, int at, int value) {
        System.arraycopy(Attribute.word(0, value).value(), 0, into, at, Integer.BYTES);
    }

    private int unsigned(long at) {
        return kernel.getByte(at) & 0xff;
    }

    private List<Attribute> attributes(long from, long end) {
        List<Attribute> attributes = new ArrayList<>(4);
        for (long at = from; at + ATTRIBUTE_HEADER <= end;) {
            int header = kernel.getInt(at);
            int length = header & 0xffff;
            if (length < ATTRIBUTE_HEADER || at + length > end) {
                break;
            }
            byte[] value = new byte[length - ATTRIBUTE_HEADER];
            kernel.get(at + ATTRIBUTE_HEADER, value, 0, value.length);
            attributes.add(new Attribute(header >>> 16, value));
            at += aligned(length);
        }
        return attributes;
    }

    private static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Takes the content of one message of the answer, behind its nlmsghdr. */
    private interface Part {
        void take(long at, int length);
    }

    /** One request, and the whole of its answer. @return whether a dump is of one moment */
    private boolean ask(Fd socket, String what, int type, int flags, byte[] header, List<Attribute> attributes, Part part) {
        try (Memory.Frame frame = memory.frame()) {
            int asked = ++sequence;
            long request = frame.zeroed(REQUEST);
            int length = Nlmsghdr.SIZE + header.length;
            kernel.put(request + Nlmsghdr.SIZE, header, 0, header.length);
            for (Attribute attribute : attributes) {
                int size = ATTRIBUTE_HEADER + attribute.value().length;
                if (length + size > REQUEST) {
                    throw new KernelException(what, Errno.E2BIG);
                }
                kernel.putInt(request + length, size | attribute.type() << 16);
                kernel.put(request + length + ATTRIBUTE_HEADER, attribute.value(), 0, attribute.value().length);
                length += aligned(size);
            }
            kernel.putInt(request + Nlmsghdr.LENGTH, length);
            kernel.putInt(request + Nlmsghdr.TYPE, type | (flags | NLM_F_REQUEST) << 16);
            kernel.putInt(request + Nlmsghdr.SEQUENCE, asked);
            check(what, kernel.call(Sys.SENDTO.nr, socket.number(), request, length));
            return answer(frame, socket, what, asked, (flags & (NLM_F_DUMP | NLM_F_ACK)) == 0, part);
        }
    }

    /** @param single whether the first message is all */
    private boolean answer(Memory.Frame frame, Fd socket, String what, int asked, boolean single, Part part) {
        long buffer = frame.raw(BUFFER);
        long sender = frame.raw(SockaddrNl.SIZE + Integer.BYTES);
        boolean whole = true;
        while (true) {
            int received = receive(socket, what, buffer, sender);
            for (int at = 0; at + Nlmsghdr.SIZE <= received;) {
                long message = buffer + at;
                int length = kernel.getInt(message + Nlmsghdr.LENGTH);
                int type = kernel.getInt(message + Nlmsghdr.TYPE) & 0xffff;
                int flags = kernel.getInt(message + Nlmsghdr.TYPE) >>> 16;
                if (length < Nlmsghdr.SIZE || length > received - at) {
                    throw new KernelException(what + ": a broken answer", Errno.EIO);
                }
                at += aligned(length);
                if (kernel.getInt(message + Nlmsghdr.SEQUENCE) != asked) {
                    continue; // the rest of an answer to a request that was given up
                }
                whole &= (flags & NLM_F_DUMP_INTR) == 0;
                if (type == NLMSG_ERROR || type == NLMSG_DONE) {
                    check(what, length < Nlmsghdr.SIZE + Integer.BYTES ? 0 : kernel.getInt(message + Nlmsghdr.SIZE));
                    return whole;
                }
                part.take(message + Nlmsghdr.SIZE, length - Nlmsghdr.SIZE);
                if (single) {
                    return whole;
                }
            }
        }
    }

    /** Accepts only the kernel's messages (port 0): another process with CAP_NET_ADMIN in the namespace may send to this socket, too. */
    private int receive(Fd socket, String what, long buffer, long sender) {
        while (true) {
            kernel.putInt(sender + SockaddrNl.SIZE, SockaddrNl.SIZE);
            long result = kernel.call(Sys.RECVFROM.nr, socket.number(), buffer, BUFFER, 0, sender, sender + SockaddrNl.SIZE);
            if (result == -Errno.EINTR.number) {
                continue;
            }
            int received = (int) check(what, result);
            if (kernel.getInt(sender + SockaddrNl.PID) == 0) {
                return received;
            }
        }
    }
}
