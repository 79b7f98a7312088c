package io.carafe.runtime.init.namespace;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Credentials.Capabilities;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.seccomp.SeccompFilter;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A procfs of the pid namespace that the container's init will be cloned into, made by the intermediate process, which stays outside.
 *
 * <p>Since Linux 6.17 by the option pidns. Before, by a child in that namespace, which opens it and hands it over. The processes there may
 * look at the child and, with CAP_SYS_PTRACE, take it over: so it has an empty file system for its root, one socket, CAP_SYS_ADMIN alone, and a
 * filter that lets it open file systems and hand them over, but neither configure nor mount one. Whether it is a procfs that it handed over is
 * seen when it is mounted.
 */
public final class ProcOfJoined implements Mounting.ProcOfOthers {

    private static final int LONGEST = 64;
    private static final String DONE = "0";
    private static final String PROC = "proc";
    /** EPERM for whatever else. */
    private static final Seccomp HAND_OVER = new Seccomp(Action.SCMP_ACT_ERRNO, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(),
            Optional.empty(), List.of(new Syscall(List.of("fsopen", "sendmsg", "close", "clone", "clone3", "waitid", "exit_group", "mmap", "munmap",
                    "mprotect", "madvise"), Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of())));

    private final Linux linux;
    private final Fd namespace;

    /** @param namespace of pids; borrowed */
    public ProcOfJoined(Linux linux, Fd namespace) {
        this.linux = linux;
        this.namespace = namespace;
    }

    @Override
    public Fd fsopen() {
        Fd context = linux.mounts.fsopen(PROC);
        try {
            linux.mounts.setFd(context, "pidns", namespace);
            return context;
        } catch (KernelException e) {
            context.close();
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            return inside(); // until the floor is Linux 6.17
        }
    }

    private Fd inside() {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            Clone child = linux.processes.clone3(0, Optional.empty());
            if (child.isChild()) {
                linux.kernel.named("opener of proc");
                goInside(there);
            }
            there.close();
            try (Fd pidfd = child.pidfd().orElseThrow()) {
                Sockets.Message answer = linux.sockets.receive(here, LONGEST);
                linux.processes.waitFor(pidfd);
                String text = new String(answer.content(), StandardCharsets.US_ASCII);
                if (!text.equals(DONE)) {
                    throw new KernelException("fsopen proc in the joined pid namespace",
                            text.isEmpty() ? Errno.ECHILD : Errno.of(Integer.parseInt(text)));
                }
                return answer.fds().get(0);
            }
        }
    }

    /** In the child, which is not inside, but its child is. Never returns. */
    private void goInside(Fd socket) {
        try {
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            enterNothing();
            linux.namespaces.setns(namespace, ProcessFlags.CLONE_NEWPID);
            linux.descriptors.closeFrom(0, List.of(socket));
            CallerStrings.of(linux.kernel).wipe();
            linux.credentials.capset(new Capabilities(Capability.CAP_SYS_ADMIN.bit(), Capability.CAP_SYS_ADMIN.bit(), 0));
            SeccompFilter.load(linux, SeccompPlan.of(HAND_OVER, Arch.HERE));
            Clone cloned = linux.processes.clone3(0, Optional.empty());
            if (cloned.isChild()) {
                linux.sockets.send(socket, DONE.getBytes(StandardCharsets.US_ASCII), List.of(linux.mounts.fsopen(PROC)));
            } else {
                linux.processes.waitFor(cloned.pidfd().orElseThrow());
            }
        } catch (KernelException e) {
            tell(socket, e.errno());
        } finally {
            linux.processes.exit(0);
        }
    }

    /** A root that has nothing in it and nothing above it: from a directory that is somewhere, {@code root/../..} leads on. */
    private void enterNothing() {
        try (Fd context = linux.mounts.fsopen("tmpfs")) {
            linux.mounts.create(context);
            try (Fd nothing = linux.mounts.fsmount(context, MountFlags.MOUNT_ATTR_RDONLY)) {
                linux.paths.fchdir(nothing);
                linux.paths.chroot(".");
            }
        }
    }

    private void tell(Fd socket, Errno errno) {
        linux.sockets.send(socket, Integer.toString(errno.number).getBytes(StandardCharsets.US_ASCII), List.of());
    }
}
