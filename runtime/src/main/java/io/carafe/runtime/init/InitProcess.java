package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.init.attribute.ProcessAttributes;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import io.carafe.runtime.init.namespace.JoinedNamespaces;
import io.carafe.runtime.init.namespace.MappedUserNamespaces;
import io.carafe.runtime.init.namespace.NamespaceEntry;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.init.netdevice.NetDevices;
import io.carafe.runtime.init.source.OpenerProcess;
import io.carafe.runtime.init.stdio.ParentStdio;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.source.MountMaps;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** The parent's handle on a container's init: its pid, a pidfd, and its end of the {@link Channel}. */
public final class InitProcess implements AutoCloseable {

    private static final int FAILED = 1;
    /** Of a process that is killed the descriptors close before it has ended; a core dump comes before both. */
    private static final long END_MILLIS = 10_000;

    private final Linux linux;
    private final Channel channel;
    private final ProcessAttributes attributes;
    private Optional<OpenerProcess> opener = Optional.empty();
    private boolean isClonedLast;
    /** Of the intermediate process, while it stands for an init that is not born yet. */
    private int pid;
    private Fd pidfd;
    private Optional<IntermediateProcess.Watch> intermediate;

    private InitProcess(Linux linux, Processes.Clone process, Channel channel, ProcessAttributes attributes, Optional<IntermediateProcess.Watch> intermediate) {
        this.linux = linux;
        this.pid = process.pid();
        this.pidfd = process.pidfd().orElseThrow();
        this.channel = channel;
        this.attributes = attributes;
        this.intermediate = intermediate;
    }

    /**
     * What the child finds made for it by its parent, beside the plan.
     *
     * @param joinLast joins a cgroup that waits until all is mounted, and says whether there was one
     * @param placement where it is cloned in no cgroup, but moved by another: a {@link IntermediateProcess} is, and its child stays there
     */
    public record SpawnContext(Optional<Fd> cgroup, Runnable joinCgroups, BooleanSupplier joinLast, StartSocket start, ParentStdio parentStdio,
            Optional<IntermediateProcess.Placement> placement) {

        public SpawnContext placed(IntermediateProcess.Placement placement) {
            return new SpawnContext(cgroup, joinCgroups, joinLast, start, parentStdio, Optional.of(placement));
        }

        /** The same in a cgroup: the directory to be cloned in, and what joins the others. */
        public SpawnContext in(Optional<Fd> cgroup, Runnable joinCgroups) {
            return new SpawnContext(cgroup, joinCgroups, joinLast, start, parentStdio, placement);
        }
    }

    /**
     * clone3(2): the child goes its way ({@link Init}), the parent writes its id maps.
     *
     * <p>The parent's undo is {@link #kill}.
     */
    public static InitProcess spawn(Linux linux, InitPlan plan, IdMaps.Caller caller, SpawnContext context) {
        NamespacesPlan namespaces = plan.namespaces();
        // The child has copies of what is opened here, and closes them itself.
        try (JoinedNamespaces joined = JoinedNamespaces.open(linux, namespaces);
                MountMaps maps = MountMaps.make(linux, plan.rootfs().maps(), new MappedUserNamespaces(linux, caller, joined));
                PreparedMounts mounts = prepared(linux, plan, caller, joined)) {
            Init child = new Init(linux, plan, caller.isRoot(), context, joined, mounts, maps);
            ProcessAttributes attributes = new ProcessAttributes(linux, plan.attributes(), new ContainerProcess(linux, plan.process()));
            InitProcess init = namespaces.needsIntermediate() || context.placement().isPresent()
                    ? begin(linux, namespaces.cloneFlags(), context, attributes, child)
                    : clone(linux, namespaces.cloneFlags(), context, attributes, child);
            try (Undo undo = new Undo()) {
                undo.onFailure(init, InitProcess::kill);
                init.isClonedLast = namespaces.isClonedLast();
                init.openFor(new OpenerProcess(linux, plan.rootfs().root(), plan.rootfs().sources(), maps.handedOver()));
                init.follow(context.placement(), pid -> NamespaceEntry.map(linux, namespaces, pid));
                if (plan.waitsForMaps()) {
                    NamespaceEntry.map(linux, namespaces, init.pid);
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
     * A further process of a running container, which a {@link IntermediateProcess} enters; it is cloned there when nothing of the host is left.
     *
     * <p>The parent's undo is {@link #kill}.
     *
     * @param init pidfd of the container's first process
     * @throws KernelException no process was cloned, and what was handed over is as it was: the call may be made again in another cgroup
     * @throws InitException a process was cloned, and may have had the terminal, which is hung up when it ends
     */
    public static InitProcess join(Linux linux, JoinPlan plan, Fd init, SpawnContext context) {
        ProcessAttributes attributes = new ProcessAttributes(linux, plan.attributes(), new ContainerProcess(linux, plan.process()));
        attributes.restrictInitially();
        InitProcess process = begin(linux, 0, context, attributes, new Join(linux, plan, init, context));
        try (Undo undo = new Undo()) {
            undo.onFailure(process, InitProcess::kill);
            try {
                process.follow(context.placement(), pid -> { });
            } catch (KernelException e) {
                throw process.intermediate.filter(watch -> !watch.hasBegunClone()).isPresent() ? e : new InitException(e);
            }
            undo.keep();
        }
        return process;
    }

    /** What the processes do that are not this one: each gets the child's end of the channel. */
    interface ChildCode {

        /** The intermediate process's, if there is one. */
        void prepare(IntermediateProcess intermediate, Channel parent);

        /** Never returns. */
        void run(Channel parent);
    }

    private static InitProcess clone(Linux linux, long flags, SpawnContext context, ProcessAttributes attributes, ChildCode child) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        Processes.Clone clone;
        try {
            clone = linux.processes.clone3(flags, context.cgroup());
        } catch (KernelException e) {
            pair.here().close();
            pair.there().close();
            if (context.cgroup().isPresent() && Processes.cannotPlace(e)) {
                return begin(linux, flags, context, attributes, child); // an intermediate process goes there, and the init is cloned beside it
            }
            throw told(linux, e);
        }
        if (clone.isChild()) {
            try {
                linux.kernel.named("init");
                pair.here().close();
                child.run(Channel.ofInit(linux, pair.there()));
            } finally {
                // It never returns; should there be no memory even to begin it, it must not go on as its parent.
                linux.processes.exit(FAILED);
            }
        }
        pair.there().close();
        return new InitProcess(linux, clone, Channel.ofParent(linux, pair.here()), attributes, Optional.empty());
    }

    /** The same behind an intermediate process, which {@link #follow} is for. */
    private static InitProcess begin(Linux linux, long flags, SpawnContext context, ProcessAttributes attributes, ChildCode child) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        try {
            IntermediateProcess.Watch intermediate = IntermediateProcess.clone3(linux, flags, context.cgroup(), new IntermediateProcess.Way() {
                private final Channel parent = Channel.ofInit(linux, pair.there());

                @Override
                public void prepare(IntermediateProcess own) {
                    pair.here().close();
                    context.placement().ifPresent(own::awaitPlace);
                    child.prepare(own, parent);
                }

                @Override
                public void run() {
                    child.run(parent);
                }

                @Override
                public void fail(Throwable failure) {
                    parent.fail(failure instanceof KernelException ? told(linux, (KernelException) failure) : failure);
                }
            });
            pair.there().close();
            return new InitProcess(linux, intermediate.process(), Channel.ofParent(linux, pair.here()), attributes, Optional.of(intermediate));
        } catch (KernelException e) {
            pair.here().close();
            pair.there().close();
            throw told(linux, e);
        }
    }

    private static KernelException told(Linux linux, KernelException e) {
        return !e.operation().equals("clone3") ? e : e.as("make the namespaces").hint(Errno.EPERM, NamespaceAdvice.refused(linux))
                .hint(Errno.ENOSPC, NamespaceAdvice.limited(linux))
                .hint(Errno.EAGAIN, "a limit on processes is reached, as linux.resources.pids.limit, in which an exec needs room for two")
                .hint(Errno.EINVAL, "the kernel lacks one of the namespaces");
    }

    private void openFor(OpenerProcess process) {
        opener = Optional.of(process);
        channel.onSources(this::beginOpener);
    }

    private void beginOpener(List<Fd> fds) {
        opener.orElseThrow().begin(fds);
    }

    private void closeOpener() {
        opener.ifPresent(OpenerProcess::close);
        opener = Optional.empty();
    }

    /** Does what an intermediate process asks for, until it has entered or the init is cloned. @throws InitException its own error */
    private void follow(Optional<IntermediateProcess.Placement> placement, IntConsumer writeMaps) {
        if (intermediate.isEmpty()) {
            return;
        }
        switch (intermediate.get().follow(placement, writeMaps, this::beginOpener)) {
            case ENTERED -> { }
            case CLONED -> {
                Processes.Clone cloned = intermediate.get().cloned();
                intermediate.get().close();
                intermediate = Optional.empty();
                pid = cloned.pid();
                pidfd = cloned.pidfd().orElseThrow();
            }
            default -> {
                telling(() -> channel.expect(Channel.Kind.READY));
                // It was killed between the clone and the telling of it: what was cloned is ready, and nobody here has its pid.
                throw gone();
            }
        }
    }

    /** Of an init that is cloned last. */
    private void awaitClone() {
        follow(Optional.empty(), pid -> { });
        if (isClonedLast) {
            channel.refuseSources();
        }
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
     * <p>From here on {@link #pid} and {@link #pidfd} are those of the program, also of an init that is cloned last.
     *
     * @param notifies whether it is under a filter that has SCMP_ACT_NOTIFY
     * @return the descriptor of the notifications then; the caller owns it
     * @throws InitException the init's own error
     */
    public Optional<Fd> awaitReady(boolean notifies) {
        awaitClone();
        String[] listener = {""};
        telling(() -> listener[0] = channel.expect(Channel.Kind.READY));
        closeOpener();
        attributes.setByParent(pid);
        if (listener[0].isEmpty() == notifies) {
            throw Channel.interfered();
        }
        if (!notifies) {
            return Optional.empty();
        }
        try {
            return Optional.of(linux.processes.pidfdGetfd(pidfd, Integer.parseInt(listener[0])));
        } catch (NumberFormatException e) {
            throw Channel.interfered();
        } catch (KernelException e) {
            throw e.as("fetch the descriptor of linux.seccomp's listener from the init").hint(Errno.EPERM, "it may need CAP_SYS_PTRACE");
        }
    }

    /** Lets the init wait for its start by somebody else, and outlive this process. */
    public void park() {
        telling(() -> {
            channel.send(Channel.Kind.PARK, Integer.toString(pid));
            channel.expect(Channel.Kind.PARKED);
        });
    }

    /** Executes the container's program. @throws InitException why it could not */
    public void start() {
        telling(() -> channel.start(Integer.toString(pid)));
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
        if (linux.polling.readable(END_MILLIS, pidfd)[0] == 0) {
            return new InitException("the init has closed its socket, and goes on");
        }
        Optional<Exit> known = linux.processes.peekIfEnded(pidfd);
        if (known.isEmpty()) {
            return traced();
        }
        Exit exit = known.get();
        return new InitException(exit.signalled()
                ? "the init was killed by signal " + exit.status() + (exit.status() == Signal.SIGKILL.number
                        ? " before it could run the program (linux.resources.memory.limit may be too small)"
                        : exit.status() == Signal.SIGSEGV.number
                        ? " before it could run the program (linux.seccomp may refuse execve(2), and sendmsg(2) and exit_group(2) as well)" : "")
                : "the init ended with status " + exit.status());
    }

    public int pid() {
        return pid;
    }

    public Fd pidfd() {
        return pidfd;
    }

    /** Waits for the end of the process. @throws InitException where an onlooker traces it, and does not let it go when it has ended */
    public Exit waitFor() {
        for (long millis = 0; millis < END_MILLIS; millis++) {
            Optional<Exit> exit = linux.processes.reap(pidfd);
            if (exit.isPresent()) {
                return exit.get();
            }
            if (linux.polling.readable(Polling.FOREVER, pidfd)[0] != 0) {
                linux.polling.readable(1);
            }
        }
        throw traced();
    }

    /** ptrace(2): the end of a process is its tracer's first. */
    private static InitException traced() {
        return new InitException("the process has ended; how is known to who traces it alone");
    }

    /**
     * SIGKILL and waitid(2): nothing of the init is left. Fine when it is dead already.
     *
     * <p>One that an onlooker traces is dead, and reaped when that lets it go, or ends: it is not waited for.
     */
    public void kill() {
        boolean mayBeBorn = intermediate.isPresent();
        try {
            if (intermediate.isPresent() && intermediate.get().hasBegunClone()) {
                // It kills what it has borne, which may have been stopped by an onlooker and would never find the channel closed.
                intermediate.get().giveUp();
                if (linux.polling.readable(END_MILLIS, pidfd)[0] == 0) {
                    linux.processes.sendSignal(pidfd, Signal.SIGKILL.number); // its container has frozen it
                }
            } else {
                linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            }
            linux.polling.readable(Polling.FOREVER, pidfd);
            linux.processes.reap(pidfd);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
                throw e;
            }
        } finally {
            close();
            if (mayBeBorn) {
                awaitUnknown();
            }
        }
    }

    /** What was cloned and nobody has told of finds the channel closed, or is killed by the intermediate process, and ends. */
    private void awaitUnknown() {
        for (long millis = 0; millis < END_MILLIS && linux.processes.reapAll(); millis++) {
            linux.polling.readable(1);
        }
    }

    @Override
    public void close() {
        channel.close();
        closeOpener();
        intermediate.ifPresent(IntermediateProcess.Watch::close);
        pidfd.close();
    }
}
