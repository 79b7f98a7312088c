package io.carafe.runtime.init.netdevice;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.SocketFlags.IFA_ADDRESS;
import static io.carafe.linux.abi.SocketFlags.IFA_BROADCAST;
import static io.carafe.linux.abi.SocketFlags.IFA_FLAGS;
import static io.carafe.linux.abi.SocketFlags.IFA_F_NODAD;
import static io.carafe.linux.abi.SocketFlags.IFA_F_NOPREFIXROUTE;
import static io.carafe.linux.abi.SocketFlags.IFA_F_PERMANENT;
import static io.carafe.linux.abi.SocketFlags.IFA_LOCAL;
import static io.carafe.linux.abi.SocketFlags.IFA_RT_PRIORITY;
import static io.carafe.linux.abi.SocketFlags.RT_SCOPE_UNIVERSE;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Netlink.Address;
import io.carafe.linux.call.socket.Netlink.Attribute;
import io.carafe.linux.call.socket.Netlink.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * Performs a {@link NetDevicesPlan} by rtnetlink(7), in the parent.
 *
 * <p>There is no way back: with its namespace the kernel destroys a virtual device and gives a physical one to the host, also when the create
 * fails (config-linux.md, Network Devices: the runtime MUST NOT move it out).
 */
public final class NetDevices {

    private final Linux linux;
    private final NetDevicesPlan plan;

    public NetDevices(Linux linux, NetDevicesPlan plan) {
        this.linux = linux;
        this.plan = plan;
    }

    /** @param init the pid of the container's init, born in its network namespace where that is new */
    public void moveTo(int init) {
        if (plan.moves().isEmpty()) {
            return;
        }
        try (Fd own = linux.files.open("/proc/thread-self/ns/net", O_RDONLY);
                Fd containers = linux.files.open(plan.namespace().orElse("/proc/" + init + "/ns/net"), O_RDONLY)) {
            if (linux.files.fstat(own).isSameFile(linux.files.fstat(containers))) {
                throw new KernelException("linux.netDevices", Errno.EINVAL).hint(Errno.EINVAL, "the container's network namespace is the runtime's own");
            }
            try (Fd here = linux.netlink.route(); Fd there = socketOf(containers, own)) {
                for (int i = 0; i < plan.moves().size(); i++) {
                    NetDevicesPlan.Move move = plan.moves().get(i);
                    try {
                        move(move, here, there, containers, "cf" + init + "_" + i);
                    } catch (KernelException e) {
                        throw e.during(move.property());
                    }
                }
            }
        }
    }

    /** A socket asks the namespace that it was opened in: so this process is there for a moment. */
    private Fd socketOf(Fd containers, Fd own) {
        linux.namespaces.setns(containers, ProcessFlags.CLONE_NEWNET);
        try {
            return linux.netlink.route();
        } finally {
            linux.namespaces.setns(own, ProcessFlags.CLONE_NEWNET);
        }
    }

    /** @param free a name that nothing has, for a device on its way to one that the kernel finds */
    private void move(NetDevicesPlan.Move move, Fd here, Fd there, Fd containers, String free) {
        Link device = linux.netlink.link(here, move.host()).orElseThrow(() -> new KernelException("find the device", Errno.ENODEV));
        String name = move.isTemplate() ? free : move.name();
        // Asked before: the kernel moves first and renames then, and does not take back the one when the other fails.
        if (linux.netlink.link(there, name).isPresent()) {
            throw new KernelException("move it to \"" + name + '"', Errno.EEXIST).hint(Errno.EEXIST, "the container has a device of that name");
        }
        // Read before: with the move, or when an IPv6 link goes down, they are gone.
        List<Address> addresses = linux.netlink.addresses(here, device.index());
        try {
            linux.netlink.moveLink(here, device.index(), containers, name);
        } catch (KernelException e) {
            throw e.as("move it to \"" + name + '"').hint(Errno.EINVAL, "a device of this kind stays in its namespace, or one of its names is taken there")
                    .hint(Errno.EPERM, "it needs CAP_NET_ADMIN");
        }
        int index = linux.netlink.link(there, name).orElseThrow(() -> new KernelException("find \"" + name + "\" in the container", Errno.ENODEV)).index();
        if (move.isTemplate()) {
            try {
                linux.netlink.renameLink(there, index, move.name());
            } catch (KernelException e) {
                throw e.as("name it " + move.name());
            }
        }
        for (Address address : addresses) {
            if (address.scope() == RT_SCOPE_UNIVERSE && (flags(address) & IFA_F_PERMANENT) != 0) {
                linux.netlink.addAddress(there, index, asNew(address));
            }
        }
        linux.netlink.setUp(there, index);
    }

    /** The header has eight bits of them; an attribute has all (Linux 3.14). */
    private static int flags(Address address) {
        for (Attribute attribute : address.attributes()) {
            if (attribute.type() == IFA_FLAGS) {
                return attribute.word();
            }
        }
        return address.flags();
    }

    /** The same without what the kernel finds out by itself, and without its label, which is a device's name. */
    private static Address asNew(Address address) {
        List<Attribute> attributes = new ArrayList<>();
        for (Attribute attribute : address.attributes()) {
            int type = attribute.type();
            if (type == IFA_LOCAL || type == IFA_ADDRESS || type == IFA_BROADCAST || type == IFA_RT_PRIORITY) {
                attributes.add(attribute);
            }
        }
        attributes.add(Attribute.word(IFA_FLAGS, flags(address) & (IFA_F_NODAD | IFA_F_NOPREFIXROUTE)));
        return new Address(address.family(), address.prefixLength(), 0, RT_SCOPE_UNIVERSE, attributes);
    }
}
