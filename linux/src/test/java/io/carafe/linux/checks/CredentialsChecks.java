package io.carafe.linux.checks;

import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWUSER;
import static io.carafe.linux.abi.ProcessFlags.PR_SET_KEEPCAPS;
import static io.carafe.linux.abi.ProcessFlags.PR_SET_NO_NEW_PRIVS;
import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Credentials.Capabilities;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets;
import java.util.List;
import java.util.Optional;

/** Who a process is, and what it may: ids, groups, capabilities. */
final class CredentialsChecks {

    private static final int CAP_CHOWN = 0;
    private static final int CAP_KILL = 5;
    private static final int NOBODY = 65534;

    private CredentialsChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.of("credentials: the ids and sets are those of /proc/self/status", CredentialsChecks::asInStatus),
                Check.of("credentials: the kernel's unknown capability is in no bounding set", CredentialsChecks::unknown),
                Check.alone("credentials: an unmapped id is EINVAL", CredentialsChecks::unmapped),
                Check.alone("credentials: root of a user namespace is an ordinary user, whatever the maps say", CredentialsChecks::identity).asRoot(),
                Check.alone("credentials: ids and groups are dropped for good", CredentialsChecks::dropIds).asRoot(),
                Check.alone("credentials: a dropped capability does not come back", CredentialsChecks::dropCapabilities),
                Check.alone("credentials: the bounding set shrinks", CredentialsChecks::bounding),
                Check.alone("credentials: ambient needs permitted and inheritable", CredentialsChecks::ambient),
                Check.alone("credentials: permitted capabilities survive setuid when kept", CredentialsChecks::keepCapabilities).asRoot());
    }

    private static String status(Linux linux, String field) {
        String status = "\n" + linux.files.readText(Fd.CWD, "/proc/thread-self/status");
        int at = status.indexOf("\n" + field + ":\t") + field.length() + 3;
        return status.substring(at, status.indexOf('\n', at)).strip();
    }

    private static long mask(Linux linux, String field) {
        return Long.parseUnsignedLong(status(linux, field), 16);
    }

    private static void asInStatus(Linux linux) {
        Expect.equal(Integer.toString(linux.credentials.geteuid()), status(linux, "Uid").split("\t")[1]);
        Expect.equal(Integer.toString(linux.credentials.getegid()), status(linux, "Gid").split("\t")[1]);
        Expect.equal(new Capabilities(mask(linux, "CapEff"), mask(linux, "CapPrm"), mask(linux, "CapInh")),
                linux.credentials.capget());
        long bounding = mask(linux, "CapBnd");
        Expect.equal(bounding, linux.credentials.boundingSet());
        for (int capability = 0; capability < 40; capability++) {
            Expect.equal((bounding & 1L << capability) != 0, linux.credentials.inBoundingSet(capability));
        }
    }

    private static void unknown(Linux linux) {
        Expect.equal(false, linux.credentials.inBoundingSet(63));
    }

    private static void unmapped(Linux linux) {
        Child.run(linux, child -> {
            child.namespaces.unshare(CLONE_NEWUSER);
            Expect.equal("setuid 7", Expect.fails(Errno.EINVAL, () -> child.credentials.setuid(7)).operation());
            Expect.equal("setgid 4294967294", Expect.fails(Errno.EINVAL, () -> child.credentials.setgid(-2)).operation());
            Expect.fails(Errno.EPERM, () -> child.credentials.setgroups(List.of()));
        });
    }

    private static void identity(Linux linux) {
        Expect.equal(false, linux.credentials.isOrdinaryUser());
        Sockets.Pair ends = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = ends.here(); Fd there = ends.there()) {
            Clone clone = linux.processes.clone3(CLONE_NEWUSER, Optional.empty());
            if (clone.isChild()) {
                linux.sockets.receive(there, 1); // until it has its maps
                boolean identity = linux.files.readText(Fd.CWD, "/proc/self/uid_map").strip().split(" +")[2].equals("4294967295");
                linux.processes.exit(identity && linux.credentials.geteuid() == 0 && linux.credentials.isOrdinaryUser() ? 0 : 1);
            }
            for (String file : List.of("uid_map", "gid_map")) {
                linux.files.writeText(Fd.CWD, "/proc/" + clone.pid() + "/" + file, "0 0 4294967295");
            }
            linux.sockets.send(here, new byte[] {1}, List.of());
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Expect.equal(0, linux.processes.waitFor(pidfd).code());
            }
        }
    }

    private static void dropIds(Linux linux) {
        Child.run(linux, child -> {
            child.credentials.setgroups(List.of(100, 4_000_000));
            Expect.equal("100 4000000", status(child, "Groups"));
            child.credentials.setgroups(List.of());
            Expect.equal("", status(child, "Groups"));
            child.credentials.setgid(NOBODY);
            child.credentials.setuid(NOBODY);
            Expect.equal("65534\t65534\t65534\t65534", status(child, "Uid"));
            Expect.equal("65534\t65534\t65534\t65534", status(child, "Gid"));
            Expect.equal(0L, child.credentials.capget().permitted());
            Expect.fails(Errno.EPERM, () -> child.credentials.setuid(0));
            Expect.fails(Errno.EPERM, () -> child.credentials.setgroups(List.of(1)));
        });
    }

    private static void dropCapabilities(Linux linux) {
        Child.in(linux, 0, child -> {
            long all = child.credentials.capget().permitted();
            long chown = 1L << CAP_CHOWN;
            Capabilities less = new Capabilities(chown, chown | 1L << CAP_KILL, 0);
            child.credentials.capset(less);
            Expect.equal(less, child.credentials.capget());
            Expect.fails(Errno.EPERM, () -> child.credentials.capset(new Capabilities(chown, all, 0)));
        });
    }

    /** The highest capability that the kernel knows, too: masks are 64 bits in two words. */
    private static void bounding(Linux linux) {
        Child.in(linux, 0, child -> {
            int last = Integer.parseInt(child.files.readText(Fd.CWD, "/proc/sys/kernel/cap_last_cap").strip());
            for (int capability : new int[] {CAP_KILL, last}) {
                Expect.equal(true, child.credentials.inBoundingSet(capability));
                child.credentials.dropFromBoundingSet(capability);
                Expect.equal(false, child.credentials.inBoundingSet(capability));
            }
            Expect.fails(Errno.EINVAL, () -> child.credentials.dropFromBoundingSet(last + 1));
        });
    }

    private static void ambient(Linux linux) {
        Child.in(linux, 0, child -> {
            Capabilities now = child.credentials.capget();
            int last = 63 - Long.numberOfLeadingZeros(now.permitted());
            child.credentials.capset(new Capabilities(now.effective(), now.permitted(), 0));
            Expect.fails(Errno.EPERM, () -> child.credentials.raiseAmbient(last));
            child.credentials.capset(new Capabilities(now.effective(), now.permitted(), 1L << last));
            child.credentials.raiseAmbient(last);
            Expect.equal(1L << last, mask(child, "CapAmb"));
        });
    }

    private static void keepCapabilities(Linux linux) {
        Child.run(linux, child -> {
            Expect.equal(0L, child.processes.prctl(PR_SET_NO_NEW_PRIVS, 1, 0));
            Expect.equal("1", status(child, "NoNewPrivs"));
            long before = child.credentials.capget().permitted();
            child.processes.prctl(PR_SET_KEEPCAPS, 1, 0);
            child.credentials.setuid(NOBODY);
            Expect.equal(before, child.credentials.capget().permitted());
            Expect.equal(0L, child.credentials.capget().effective());
        });
    }
}
