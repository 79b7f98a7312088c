package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.init.attribute.DescriptorLimit;
import io.carafe.runtime.init.attribute.ProcessAttributes;
import io.carafe.runtime.init.confine.Confinement;
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import io.carafe.runtime.init.namespace.JoinedNamespaces;
import io.carafe.runtime.init.namespace.NamespaceEntry;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.init.namespace.ProcOfJoined;
import io.carafe.runtime.init.namespace.UserNamespaceRoot;
import io.carafe.runtime.init.source.RemoteOpener;
import io.carafe.runtime.init.stdio.Stdio;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.rootfs.Rootfs;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.source.MountMaps;
import io.carafe.runtime.rootfs.source.Opener;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The container's init up to its execve(2): the child's side of {@link Channel}.
 *
 * <p>It is pid 1 of the container and already the process that the user asked for; it only is not yet their program. In a pid namespace of
 * others it is cloned last ({@link NamespacesPlan#isClonedLast}): then its {@link IntermediateProcess} does all that leads to READY, and it is cloned with
 * what its program is to have. Nothing here returns into the code that called clone3(2).
 */
final class Init implements InitProcess.ChildCode {

    private static final int FAILED = 1;
    private static final int DIRECTORY_MODE = 0755;

    private final Linux linux;
    private final InitPlan plan;
    private final boolean callerIsRoot;
    private final InitProcess.SpawnContext context;
    private final JoinedNamespaces joined;
    private final PreparedMounts prepared;
    private final MountMaps maps;
    private final ContainerProcess process;
    private final Stdio stdio;
    private final ProcessAttributes attributes;
    private final Confinement confinement;
    private String executable = "";
    /** For hooks: the intermediate process's, as long as it stands for the init. 0 before anyone asks. */
    private int pidOnHost;

    Init(Linux linux, InitPlan plan, boolean callerIsRoot, InitProcess.SpawnContext context, JoinedNamespaces joined, PreparedMounts prepared,
            MountMaps maps) {
        this.linux = linux;
        this.plan = plan;
        this.callerIsRoot = callerIsRoot;
        this.context = context;
        this.joined = joined;
        this.prepared = prepared;
        this.maps = maps;
        this.process = new ContainerProcess(linux, plan.process());
        this.stdio = Stdio.of(linux, context.parentStdio());
        this.attributes = new ProcessAttributes(linux, plan.attributes(), process);
        this.confinement = new Confinement(linux, process, plan.seccomp(), plan.process().noNewPrivileges(), context.start() != StartSocket.NONE);
    }

    @Override
    public void prepare(IntermediateProcess intermediate, Channel parent) {
        NamespacesPlan namespaces = plan.namespaces();
        if (!namespaces.needsIntermediate()) {
            return;
        }
        process.adjustOomScore(); // its child keeps it
        NamespaceEntry entry = new NamespaceEntry(linux, namespaces, joined);
        if (!namespaces.isClonedLast()) {
            entry.enter(intermediate, plan.process().keepsGroups());
            return;
        }
        Optional<Mounting.ProcOfOthers> procs = joined.pids().map(pids -> new ProcOfJoined(linux, pids));
        // Where the parent listens meanwhile: for its hooks it waits until all is mounted, else for the clone.
        Consumer<List<Fd>> ask = plan.waitsForParentsHooks() ? parent::askForSources : intermediate::askForSources;
        try (Rootfs rootfs = rootfs(procs, ask)) {
            rootfs.proc().prepare(); // one of later would show the pid namespace of children, in which this process is not
            entry.enter(intermediate, plan.process().keepsGroups());
            intermediate.entered();
            mount(rootfs, parent);
        }
        become(List.of(parent.socket(), intermediate.socket()));
        confinement.beforeClone(namespaces.cloneFlags());
    }

    /** Never returns. */
    @Override
    public void run(Channel parent) {
        Channel listener = parent;
        try {
            // Until it is parked, the init must not outlive a parent that is killed: nobody would know of it.
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            if (plan.namespaces().isClonedLast()) {
                linux.processes.setsid();
                stdio.takeTerminal();
            } else {
                if (!plan.namespaces().needsIntermediate()) {
                    enter(parent);
                }
                linux.processes.setsid();
                // Closed in the end: while it waits, whoever joins this container could go through its descriptors to the host.
                try (Rootfs rootfs = rootfs(Optional.empty(), parent::askForSources)) {
                    mount(rootfs, parent);
                }
                stdio.takeTerminal();
                become(List.of(parent.socket()));
            }
            attributes.setLast();
            Optional<Fd> notifications = confinement.beforeReady();
            parent.send(Channel.Kind.READY, notifications.map(fd -> Integer.toString(fd.number())).orElse(""));
            listener = awaitStart(parent, notifications);
            if (!plan.hooks().startContainer().isEmpty()) {
                HookProcess.ofContainer(linux, state(Status.CREATED), process.environment(), confinement::beforeExec)
                        .run("startContainer", plan.hooks().startContainer());
            }
            linux.processes.unblockSignals();
            listener.expect(Channel.Kind.EXEC);
            confinement.beforeExec();
            process.execute(executable);
        } catch (Throwable failure) {
            listener.fail(failure);
        } finally {
            // Whatever cannot be told any more: a child must not go on as its parent, nor take back what that has made.
            linux.processes.exit(FAILED);
        }
    }

    /** @param ask hands the parent what it opens sources by */
    private Rootfs rootfs(Optional<Mounting.ProcOfOthers> procs, Consumer<List<Fd>> ask) {
        Optional<Opener> opener = plan.namespaces().has(NamespaceKind.USER)
                ? Optional.of(new RemoteOpener(linux, plan.rootfs().sources(), ask)) : Optional.empty();
        return Rootfs.of(linux, plan.rootfs(), new Rootfs.Outside(prepared, maps, opener, procs));
    }

    private void enter(Channel parent) {
        // Before the uid changes: the file is nobody's then but the host's root (proc(5)).
        process.adjustOomScore();
        if (plan.waitsForMaps()) {
            parent.expect(Channel.Kind.MAPPED);
            UserNamespaceRoot.become(linux, plan.namespaces().maps().orElseThrow(), plan.process().keepsGroups());
        }
        joined.joinAllButMount();
    }

    private void mount(Rootfs rootfs, Channel parent) {
        if (callerIsRoot) {
            // What waits here has the caller's memory. An ordinary user's own processes go on to reach its namespaces by its pid (setns(2)).
            linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        }
        if (!plan.hooks().createContainer().isEmpty()) {
            // The host's procfs, which is still there, knows this process by the pid that hooks are to be told.
            pidOnHost = Integer.parseInt(linux.paths.readlinkat(Fd.CWD, "/proc/self"));
        }
        context.joinCgroups().run();
        attributes.liftRestriction();
        if (plan.namespaces().isFresh(NamespaceKind.CGROUP)) {
            // After joining: the cgroups of this moment become the roots that the container sees (cgroup_namespaces(7)).
            linux.namespaces.unshare(ProcessFlags.CLONE_NEWCGROUP);
        }
        joined.joinMount();
        if (plan.loopback()) {
            bringUpLoopback();
        }
        attributes.makeKeyring(rootfs.proc());
        if (!plan.process().keepsGroups()) {
            SupplementaryGroups.requireSettable(linux, rootfs.proc());
        }
        DescriptorLimit limit = DescriptorLimit.raise(linux);
        rootfs.mount();
        if (plan.waitsForParentsHooks()) {
            parent.send(Channel.Kind.MOUNTED);
            parent.expect(Channel.Kind.GO_ON);
        }
        if (!plan.hooks().createContainer().isEmpty()) {
            HookProcess.ofRuntime(linux, state(Status.CREATING)).after(limit::restore).run("createContainer", plan.hooks().createContainer());
        }
        CallerStrings.of(linux.kernel).wipe();
        rootfs.pivot();
        // Before the root becomes read-only: a missing cwd is made, as in runc.
        process.makeWorkingDirectory(cwd -> rootfs.root().makeDirectory(ContainerPath.of(cwd), DIRECTORY_MODE).close());
        // Before /dev becomes read-only, and inside: the pseudoterminal is of the container's own devpts.
        stdio.openTerminal(rootfs::bindConsole);
        rootfs.finish();
        attributes.label(rootfs.proc());
        limit.restore();
    }

    private void bringUpLoopback() {
        try {
            linux.sockets.bringUp("lo");
        } catch (KernelException e) {
            throw e.hint(Errno.EPERM, "CAP_NET_ADMIN is missing, and without it a new network namespace needs a user namespace");
        }
    }

    /** @param own what this process and its child still need themselves */
    private void become(List<Fd> own) {
        if (context.joinLast().getAsBoolean() && plan.namespaces().isFresh(NamespaceKind.CGROUP)) {
            linux.namespaces.unshare(ProcessFlags.CLONE_NEWCGROUP);
        }
        joined.joinPids();
        joined.close();
        process.closeInherited(stdio.preserved(), context.start().descriptorsAnd(own));
        plan.hostname().ifPresent(linux.namespaces::sethostname);
        plan.domainname().ifPresent(linux.namespaces::setdomainname);
        stdio.giveTo(plan.process().uid());
        process.mask();
        attributes.set();
        process.become(confinement.held());
        executable = process.executable();
        process.makeReady(stdio.preserved());
    }

    private State state(Status status) {
        return new State(plan.state().ociVersion(), plan.state().id(), status, OptionalInt.of(pidOnHost), plan.state().bundle(),
                plan.state().annotations());
    }

    /**
     * @param notifications closed when the parent has it: with it open here, nobody would notice an agent that has gone
     * @return where the outcome of the exec is awaited
     */
    private Channel awaitStart(Channel parent, Optional<Fd> notifications) {
        if (context.start() == StartSocket.NONE) {
            pidOnHost = Integer.parseInt(parent.expect(Channel.Kind.START));
            notifications.ifPresent(Fd::close);
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, 0, 0);
            return parent;
        }
        pidOnHost = Integer.parseInt(parent.expect(Channel.Kind.PARK));
        notifications.ifPresent(Fd::close);
        linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, 0, 0);
        parent.send(Channel.Kind.PARKED);
        parent.close();
        Channel starter = context.start().accept();
        starter.expect(Channel.Kind.START);
        return starter;
    }
}
