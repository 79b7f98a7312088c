package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWIPC;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNET;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWPID;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWUTS;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.List;

/** Namespaces: made at clone3, by unshare, joined by setns. */
final class NamespacesChecks {

    private static final String HOST_NAME = "/proc/sys/kernel/hostname";

    private NamespacesChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.alone("namespaces: a host name is set in a new one only", NamespacesChecks::hostName),
                Check.alone("namespaces: setns goes back to where one came from", NamespacesChecks::setns),
                Check.alone("namespaces: setns refuses a namespace of another type", NamespacesChecks::wrongType),
                Check.of("namespaces: each file in /proc/PID/ns tells its type", NamespacesChecks::types),
                Check.alone("namespaces: the first process of a pid namespace is 1", NamespacesChecks::firstProcess),
                Check.alone("namespaces: unshare refuses flags that are none", NamespacesChecks::badFlags));
    }

    private static void hostName(Linux linux) {
        String before = linux.files.readText(Fd.CWD, HOST_NAME);
        Child.in(linux, CLONE_NEWUTS, child -> {
            child.namespaces.sethostname("inside");
            child.namespaces.setdomainname("domain.example");
            Expect.equal("inside\n", child.files.readText(Fd.CWD, HOST_NAME));
            Expect.equal("domain.example\n", child.files.readText(Fd.CWD, "/proc/sys/kernel/domainname"));
            String tooLong = "x".repeat(65);
            Expect.equal("sethostname " + tooLong,
                    Expect.fails(Errno.EINVAL, () -> child.namespaces.sethostname(tooLong)).operation());
        });
        Expect.equal(before, linux.files.readText(Fd.CWD, HOST_NAME));
    }

    private static void setns(Linux linux) {
        Child.in(linux, CLONE_NEWUTS, child -> {
            child.namespaces.sethostname("first");
            try (Fd first = child.files.open("/proc/self/ns/uts", O_RDONLY)) {
                child.namespaces.unshare(CLONE_NEWUTS | CLONE_NEWIPC);
                child.namespaces.sethostname("second");
                Expect.equal("second\n", child.files.readText(Fd.CWD, HOST_NAME));
                child.namespaces.setns(first, CLONE_NEWUTS);
                Expect.equal("first\n", child.files.readText(Fd.CWD, HOST_NAME));
            }
        });
    }

    private static void wrongType(Linux linux) {
        Child.in(linux, CLONE_NEWUTS, child -> {
            try (Fd uts = child.files.open("/proc/self/ns/uts", O_RDONLY)) {
                Expect.fails(Errno.EINVAL, () -> child.namespaces.setns(uts, CLONE_NEWNET));
            }
        });
    }

    private static void types(Linux linux) {
        Expect.equal(CLONE_NEWUTS, type(linux, "uts"));
        Expect.equal(CLONE_NEWNET, type(linux, "net"));
        Expect.equal(CLONE_NEWPID, type(linux, "pid"));
        try (Fd none = linux.files.open("/proc/self/status", O_RDONLY)) {
            Expect.fails(Errno.ENOTTY, () -> linux.namespaces.typeOf(none));
        }
    }

    private static long type(Linux linux, String name) {
        try (Fd namespace = linux.files.open("/proc/self/ns/" + name, O_RDONLY)) {
            return linux.namespaces.typeOf(namespace);
        }
    }

    private static void firstProcess(Linux linux) {
        int self = linux.processes.getpid();
        Child.run(linux, child -> Expect.equal(self, child.processes.getppid()));
        Child.in(linux, CLONE_NEWPID, child -> {
            Expect.equal(1, child.processes.getpid());
            Expect.equal(0, child.processes.getppid());
        });
    }

    private static void badFlags(Linux linux) {
        Child.run(linux, child -> Expect.equal("unshare", Expect.fails(Errno.EINVAL, () -> child.namespaces.unshare(1)).operation()));
    }
}
