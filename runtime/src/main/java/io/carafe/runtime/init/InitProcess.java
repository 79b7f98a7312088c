package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.init.attribute.ProcessAttributes;
import io.carafe.runtime.init.namespace.Forerunner;
import io.carafe.runtime.init.namespace.ForerunnerException;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.init.namespace.JoinedNamespaces;
import io.carafe.runtime.init.namespace.MappedUserNamespaces;
import io.carafe.runtime.init.namespace.NamespaceEntry;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.init.netdevice.NetDevices;
import io.carafe.runtime.init.stdio.Handover;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.spec.json.SpecException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The parent's handle on a container's init: its pid, a pidfd, and its end of the {@link Channel}. */
public final class InitProcess implements AutoCloseable {

    private static final int FAILED = 1;

    private final Linux linux;
    private final int pid;
    private final Fd pidfd;
    private final Channel channel;
    private final ProcessAttributes attributes;

    private InitProcess(Linux linux, int pid, Fd pidfd, Channel channel, ProcessAttributes attributes) {
        this.linux = linux;
        this.pid = pid;
        this.pidfd = pidfd;
        this.channel = channel;
        this.attributes = attributes;
    }

    /**
     * What the child finds made for it by its parent, beside the plan.
     *
     * @param joinLast joins a cgroup that waits until all is mounted, and says whether there was one
     * @param placement where it is born in no cgroup, but moved by another: a {@link Forerunner} is, and its child stays there
     */
    public record Surroundings(Optional<Fd> cgroup, Runnable joinCgroups, BooleanSupplier joinLast, StartSocket start, long signalMask,
            Handover handover, Optional<Forerunner.Placement> placement) {

        public Surroundings placed(Forerunner.Placement placement) {
            return new Surroundings(cgroup, joinCgroups, joinLast, start, signalMask, handover, Optional.of(placement));
        }

        /** The same in a cgroup: the directory to be born in, and what joins the others. */
        public Surroundings in(Optional<Fd> cgroup, Runnable joinCgroups) {
            return new Surroundings(cgroup, joinCgroups, joinLast, start, signalMask, handover, placement);
        }
    }

    /**
     * clone3(2): the child goes its way ({@link Init}), the parent writes its id maps.
     *
     * <p>The parent's undo is {@link #kill}.
     */
    public static InitProcess spawn(Linux linux, InitPlan plan, IdMaps.Caller caller, Surroundings around) {
        NamespacesPlan namespaces = plan.namespaces();
        ContainerProcess process = new ContainerProcess(linux, plan.process());
        // The child has copies of what is opened here, and closes them itself.
        try (JoinedNamespaces joined = JoinedNamespaces.open(linux, namespaces); PreparedMounts mounts = prepared(linux, plan, caller, joined)) {
            NamespaceEntry entry = new NamespaceEntry(linux, namespaces, joined);
            Birth birth = namespaces.needForerunner() || around.placement().isPresent()
                    ? () -> Forerunner.clone3(linux, namespaces.cloneFlags(), around.cgroup(), around.placement(), maps -> {
                        if (namespaces.needForerunner()) {
                            process.adjustOomScore(); // its child keeps it
                            entry.enter(maps, plan.process().keepsGroups());
                        }
                    }, entry::map)
                    : () -> linux.processes.clone3(namespaces.cloneFlags(), around.cgroup());
            InitProcess init = clone(linux, birth, new ProcessAttributes(linux, plan.attributes(), process),
                    parent -> new Init(linux, plan, around, joined, mounts, parent).live());
            try (Undo undo = new Undo()) {
                undo.onFailure(init, InitProcess::kill);
                if (plan.waitsForMaps()) {
                    NamespaceEntry.map(linux, namespaces.maps().orElseThrow(), init.pid);
                    init.channel.send(Channel.Kind.MAPPED);
                }
                new NetDevices(linux, plan.netDevices()).moveTo(init.pid);
                undo.keep();
            }
            return init;
        }
    }

    private static PreparedMounts prepared(Linux linux, InitPlan plan, IdMaps.Caller caller, JoinedNamespaces joined) {
        List<PreparedMounts.Wanted> wanted = plan.rootfs().prepared();
        return wanted.isEmpty() ? PreparedMounts.none()
                : PreparedMounts.prepare(linux, wanted, new MappedUserNamespaces(linux, caller, joined));
    }

    /**
     * A further process of a running container: setns(2) into its pid namespace, clone3(2), and the child joins the others.
     *
     * <p>From here on every child of the calling process is born in that pid namespace. The parent's undo is {@link #kill}.
     *
     * @param init pidfd of the container's first process
     */
    public static InitProcess join(Linux linux, JoinPlan plan, Fd init, Surroundings around) {
        ContainerProcess process = new ContainerProcess(linux, plan.process());
        ProcessAttributes attributes = new ProcessAttributes(linux, plan.attributes(), process);
        attributes.restrictInitially();
        Consumer<Channel> life = parent -> new Join(linux, plan, init, around, parent).live();
        if (!plan.needsForerunner() && plan.joinsPidNamespace()) {
            linux.namespaces.setns(init, ProcessFlags.CLONE_NEWPID);
        }
        if (plan.needsForerunner() || around.placement().isPresent()) {
            return clone(linux, () -> Forerunner.clone3(linux, 0, around.cgroup(), around.placement(), maps -> {
                if (plan.needsForerunner()) {
                    process.adjustOomScore(); // its child keeps it
                    Join.enter(linux, plan, init);
                }
            }, pid -> { }), attributes, life);
        }
        return clone(linux, () -> linux.processes.clone3(0, around.cgroup()), attributes, life);
    }

    /** clone3(2), or what does the same: returns in both processes. */
    private interface Birth {
        Processes.Clone clone3();
    }

    /** @param life of the child: never returns */
    private static InitProcess clone(Linux linux, Birth birth, ProcessAttributes attributes, Consumer<Channel> life) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        Processes.Clone clone;
        try {
            clone = birth.clone3();
        } catch (KernelException e) {
            pair.here().close();
            pair.there().close();
            throw !e.operation().equals("clone3") ? e : e.as("make the namespaces").hint(Errno.EPERM, NamespaceAdvice.refused(linux))
                    .hint(Errno.ENOSPC, "a limit of /proc/sys/user is reached")
                    .hint(Errno.EINVAL, "the kernel lacks one of the namespaces, or is older than Linux 5.7");
        } catch (ForerunnerException | SpecException e) {
            pair.here().close();
            pair.there().close();
            throw e;
        }
        if (clone.isChild()) {
            try {
                pair.here().close();
                life.accept(Channel.ofInit(linux, pair.there()));
            } finally {
                // It never returns; should there be no memory even to begin it, it must not go on as its parent.
                linux.processes.exit(FAILED);
            }
        }
        pair.there().close();
        return new InitProcess(linux, clone.pid(), clone.pidfd().orElseThrow(), Channel.ofParent(linux, pair.here()), attributes);
    }

    /** Waits until all is mounted; the init stands still until {@link #goOn}. */
    public void awaitMounted() {
        telling(() -> channel.expect(Channel.Kind.MOUNTED));
    }

    public void goOn() {
        channel.send(Channel.Kind.GO_ON);
    }

    /**
     * Waits until only the exec is left to do.
     *
     * @return the descriptor of SCMP_ACT_NOTIFY where the init is under a filter that has it; the caller owns it
     * @throws InitException the init's own error
     */
    public Optional<Fd> awaitReady() {
        String[] listener = {""};
        telling(() -> listener[0] = channel.expect(Channel.Kind.READY));
        attributes.setByParent(pid);
        if (listener[0].isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(linux.processes.pidfdGetfd(pidfd, Integer.parseInt(listener[0])));
        } catch (KernelException e) {
            throw e.as("fetch the descriptor of linux.seccomp's listener from the init").hint(Errno.EPERM, "it may need CAP_SYS_PTRACE");
        }
    }

    /** Lets the init wait for its start by somebody else, and outlive this process. */
    public void park() {
        telling(() -> {
            channel.send(Channel.Kind.PARK);
            channel.expect(Channel.Kind.PARKED);
        });
    }

    /** Executes the container's program. @throws InitException why it could not */
    public void start() {
        telling(channel::start);
    }

    /** An init that is gone without a word was killed: says by what. */
    private void telling(Runnable exchange) {
        try {
            exchange.run();
        } catch (InitException e) {
            throw e.isGone() ? gone() : e;
        } catch (KernelException e) {
            throw e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET) ? gone() : e;
        }
    }

    private InitException gone() {
        Exit exit = linux.processes.peek(pidfd);
        return new InitException(exit.signalled()
                ? "the init was killed by signal " + exit.status() + (exit.status() == Signal.SIGKILL.number
                        ? " before it could run the program (linux.resources.memory.limit may be too small)" : "")
                : "the init ended with status " + exit.status());
    }

    public int pid() {
        return pid;
    }

    public Fd pidfd() {
        return pidfd;
    }

    /** Waits for the end of the container's first process. */
    public Exit waitFor() {
        return linux.processes.waitFor(pidfd);
    }

    /** SIGKILL and waitid(2): nothing of the init is left. Fine when it is dead already. */
    public void kill() {
        try {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            linux.processes.waitFor(pidfd);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
                throw e;
            }
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        channel.close();
        pidfd.close();
    }
}
