package io.carafe.linux.checks.socket;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNET;
import static io.carafe.linux.abi.SocketFlags.AF_INET;
import static io.carafe.linux.abi.SocketFlags.AF_NETLINK;
import static io.carafe.linux.abi.SocketFlags.IFA_F_PERMANENT;
import static io.carafe.linux.abi.SocketFlags.IFA_LOCAL;
import static io.carafe.linux.abi.SocketFlags.IFF_UP;
import static io.carafe.linux.abi.SocketFlags.RTM_NEWLINK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.Ifinfomsg;
import io.carafe.linux.abi.Struct.Nlmsghdr;
import io.carafe.linux.abi.Struct.SockaddrNl;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Netlink.Address;
import io.carafe.linux.call.socket.Netlink.Attribute;
import io.carafe.linux.call.socket.Netlink.Link;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Child;
import io.carafe.linux.checks.Expect;
import java.util.Arrays;
import java.util.List;

/** rtnetlink, on the lo of a new network namespace: the only link that one always has. */
public final class NetlinkChecks {

    private static final byte[] LOCAL = {10, 9, 8, 7};

    private NetlinkChecks() {
    }

    public static List<Check> all() {
        return List.of(
                Check.of("netlink: lo has the index 1, and a link that is not there none", NetlinkChecks::links),
                Check.alone("netlink: a link is renamed and brought up", NetlinkChecks::change),
                Check.alone("netlink: an address that was added is listed", NetlinkChecks::addresses),
                Check.alone("netlink: what another process says is no answer of the kernel's", NetlinkChecks::forged),
                Check.alone("netlink: many addresses come in many answers", NetlinkChecks::many),
                Check.alone("netlink: lo stays in its namespace, and a socket asks the one that it was opened in", NetlinkChecks::move));
    }

    private static void links(Linux linux) {
        try (Fd socket = linux.netlink.route()) {
            Expect.equal(1, linux.netlink.link(socket, "lo").orElseThrow().index());
            Expect.isTrue(linux.netlink.link(socket, "carafe-none").isEmpty(), "found");
        }
    }

    private static void change(Linux linux) {
        Child.in(linux, CLONE_NEWNET, child -> {
            try (Fd socket = child.netlink.route()) {
                child.netlink.renameLink(socket, 1, "other%d");
                Link link = child.netlink.link(socket, "other0").orElseThrow();
                Expect.equal(0, link.flags() & IFF_UP);
                child.netlink.setUp(socket, link.index());
                Expect.equal(IFF_UP, child.netlink.link(socket, "other0").orElseThrow().flags() & IFF_UP);
                Expect.fails(Errno.EINVAL, () -> child.netlink.renameLink(socket, 1, "a/b"));
            }
        });
    }

    /** An answer to the next request, with another index, and one whose length is negative when it is added to. */
    private static void forged(Linux linux) {
        Child.in(linux, CLONE_NEWNET, parent -> {
            Linux child = Linux.over(parent.kernel); // which counts its requests from 1
            try (Fd asker = child.netlink.route(); Fd liar = child.netlink.route(); Memory.Frame frame = new Memory(child.kernel).frame()) {
                Expect.equal(1, child.netlink.link(asker, "lo").orElseThrow().index()); // it has the port that is its process's pid now
                long address = frame.zeroed(SockaddrNl.SIZE);
                child.kernel.putInt(address, AF_NETLINK);
                child.kernel.putInt(address + SockaddrNl.PID, child.processes.getpid());
                for (int length : new int[] {Nlmsghdr.SIZE + Ifinfomsg.SIZE, Integer.MAX_VALUE}) {
                    long answer = frame.zeroed(Nlmsghdr.SIZE + Ifinfomsg.SIZE);
                    child.kernel.putInt(answer + Nlmsghdr.LENGTH, length);
                    child.kernel.putInt(answer + Nlmsghdr.TYPE, RTM_NEWLINK);
                    child.kernel.putInt(answer + Nlmsghdr.SEQUENCE, 2);
                    child.kernel.putInt(answer + Nlmsghdr.SIZE + Ifinfomsg.INDEX, 777);
                    Expect.equal((long) Nlmsghdr.SIZE + Ifinfomsg.SIZE, child.kernel.call(Sys.SENDTO.nr, liar.number(), answer,
                            Nlmsghdr.SIZE + Ifinfomsg.SIZE, 0, address, SockaddrNl.SIZE));
                }
                Expect.equal(1, child.netlink.link(asker, "lo").orElseThrow().index());
            }
        });
    }

    private static Address address(int last) {
        byte[] bytes = LOCAL.clone();
        bytes[3] = (byte) last;
        bytes[2] = (byte) (last >> 8);
        return new Address(AF_INET, 24, 0, 0, List.of(new Attribute(IFA_LOCAL, bytes)));
    }

    private static void addresses(Linux linux) {
        Child.in(linux, CLONE_NEWNET, child -> {
            try (Fd socket = child.netlink.route()) {
                Expect.equal(List.of(), child.netlink.addresses(socket, 1));
                child.netlink.addAddress(socket, 1, new Address(AF_INET, 24, 0, 0, List.of(new Attribute(IFA_LOCAL, LOCAL))));
                Expect.fails(Errno.EEXIST, () -> child.netlink.addAddress(socket, 1,
                        new Address(AF_INET, 24, 0, 0, List.of(new Attribute(IFA_LOCAL, LOCAL)))));
                List<Address> found = child.netlink.addresses(socket, 1);
                Expect.equal(1, found.size());
                Expect.equal(24, found.get(0).prefixLength());
                Expect.equal(IFA_F_PERMANENT, found.get(0).flags());
                Expect.isTrue(found.get(0).attributes().stream().anyMatch(one -> one.type() == IFA_LOCAL && Arrays.equals(LOCAL, one.value())),
                        "another address");
                Expect.equal(List.of(), child.netlink.addresses(socket, 2));
                Expect.fails(Errno.ENODEV, () -> child.netlink.addAddress(socket, 99, address(1)));
            }
        });
    }

    private static void many(Linux linux) {
        Child.in(linux, CLONE_NEWNET, child -> {
            try (Fd socket = child.netlink.route()) {
                for (int i = 1; i <= 1000; i++) {
                    child.netlink.addAddress(socket, 1, address(i));
                }
                Expect.equal(1000, child.netlink.addresses(socket, 1).size());
            }
        });
    }

    private static void move(Linux linux) {
        Child.in(linux, CLONE_NEWNET, child -> {
            try (Fd socket = child.netlink.route(); Fd before = child.files.open("/proc/self/ns/net", O_RDONLY)) {
                child.netlink.setUp(socket, 1);
                child.namespaces.unshare(CLONE_NEWNET);
                Expect.equal(IFF_UP, child.netlink.link(socket, "lo").orElseThrow().flags() & IFF_UP);
                try (Fd here = child.netlink.route()) {
                    Expect.equal(0, child.netlink.link(here, "lo").orElseThrow().flags() & IFF_UP);
                    Expect.fails(Errno.EINVAL, () -> child.netlink.moveLink(here, 1, before, "lo"));
                }
            }
        });
    }
}
