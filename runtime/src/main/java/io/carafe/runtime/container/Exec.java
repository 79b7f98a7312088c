package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.attach.Foreground;
import io.carafe.runtime.container.attach.TerminalSizeFallback;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.ExecDefaults;
import io.carafe.runtime.container.state.PidFile;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.InitException;
import io.carafe.runtime.init.InitProcess;
import io.carafe.runtime.init.JoinPlan;
import io.carafe.runtime.init.StartSocket;
import io.carafe.runtime.init.attribute.AttributesPlan;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.stdio.ParentStdio;
import io.carafe.runtime.init.stdio.StdioPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.process.label.LabelPlan;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.runtime.seccomp.SeccompAgent;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.Status;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A further process in a running container; no operation of the specification, but of everyone who uses one. */
public final class Exec {

    private static final long ALL_CAPABILITIES = -1;
    private static final long RESUMED_MILLIS = 10;

    /**
     * What the caller asks for.
     *
     * @param process made of the container's own process, which has no args
     * @param cgroups below the container's: {@link CgroupPaths#below}
     * @param ignorePaused whether to wait for the resume of a container that is paused
     * @param trustsAnnotations whether the caller stands behind the container's annotations
     */
    public record Request(String root, String id, UnaryOperator<Process> process, List<String> cgroups, boolean ignorePaused,
            Optional<String> pidFile, StdioPlan.Request stdio, boolean trustsAnnotations) {
    }

    private final Linux linux;
    private final Consumer<String> warnings;

    public Exec(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /** Returns when the program runs. */
    public void detached(Request request) {
        awaitResume(request);
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        start(request, true, master -> { }).close();
    }

    /** Runs the program, hands on the signals that come. @return its exit code; 128 and the signal's number when one ended it */
    public int attached(Request request) {
        awaitResume(request);
        try (Undo undo = new Undo(); Foreground foreground = Foreground.begin(linux, warnings)) {
            InitProcess process = undo.onFailure(start(request, false, foreground::take), InitProcess::kill);
            int code = foreground.followToTheEndOf(process.pidfd(), process::waitFor);
            undo.keep();
            process.close();
            return code;
        }
    }

    /** @param terminal gets the master of the program's terminal before the program runs, when this process is to be the other end */
    private InitProcess start(Request request, boolean detached, Consumer<Fd> terminal) {
        try (StateDir dir = StateDir.find(linux, request.root(), request.id()).orElseThrow(() -> Container.absent(request.id()))) {
            Container container = running(dir);
            Process own = container.state().process().orElseThrow();
            Process process = ExecDefaults.of(own).in(request.process().apply(own));
            StdioPlan stdio = StdioPlan.of(process, request.stdio(), detached);
            JoinPlan plan = plan(container.state(), stdio.with(process), container.state().seccomp().map(saved -> saved.read(linux, dir)),
                    BehaviourAnnotation.Trust.of(linux, request.trustsAnnotations()));
            plan.process().warnings().forEach(warnings);
            try {
                return start(request, plan, new Asked(process, stdio), container, terminal);
            } catch (KernelException | InitException e) {
                // Of the intermediate process, too: clone3(2) into a pid namespace whose init has died is ENOMEM (pid_namespaces(7)).
                throw container.isEnding(linux) ? notRunning(Status.STOPPED) : e;
            }
        }
    }

    /** Before signals are blocked: they end the wait. */
    private void awaitResume(Request request) {
        while (request.ignorePaused() && Container.load(linux, request.root(), request.id()).status() == Status.PAUSED) {
            linux.polling.readable(RESUMED_MILLIS);
        }
    }

    /** A container that a process can be put into. A frozen v1 cgroup would keep it, and not even a signal would end it. */
    private Container running(StateDir dir) {
        Container container = Container.of(linux, dir);
        if (container.status() == Status.PAUSED) {
            throw new ContainerException("cannot exec in a paused container (use --ignore-paused to wait until it is resumed)");
        }
        if (container.status() != Status.RUNNING && container.status() != Status.CREATED) {
            throw notRunning(container.status());
        }
        return container;
    }

    private static ContainerException notRunning(Status status) {
        return new ContainerException("cannot exec in a container that is " + status.text() + ": container not running");
    }

    private JoinPlan plan(ContainerState state, Process process, Optional<SeccompPlan> seccomp, BehaviourAnnotation.Trust trust) {
        long namespaces = otherThanOwn(linux, state);
        boolean userNamespace = (namespaces & ProcessFlags.CLONE_NEWUSER) != 0;
        boolean root = linux.credentials.geteuid() == 0;
        AttributesPlan attributes = AttributesPlan.of(process,
                new AttributesPlan.OfContainer(state.memoryPolicy(), state.personality(), state.keyring()),
                LabelPlan.asks(process) ? SecurityModules.probe(linux) : SecurityModules.NONE, userNamespace && root, "process");
        ProcessPlan asked = BehaviourAnnotation.withGroups(
                ProcessPlan.of(process, userNamespace ? ALL_CAPABILITIES : Host.grantable(linux), "process"), state.annotations(), trust);
        return new JoinPlan(namespaces, asked, attributes, seccomp);
    }

    /** What the documents ask for, and how its streams are. */
    private record Asked(Process process, StdioPlan stdio) {
    }

    private InitProcess start(Request request, JoinPlan plan, Asked asked, Container container, Consumer<Fd> terminal) {
        try (Undo undo = new Undo(); ParentStdio parentStdio = ParentStdio.prepare(linux, asked.stdio());
                Fd init = container.init(linux).orElseThrow(() -> notRunning(Status.STOPPED))) {
            InitProcess joined = undo.onFailure(join(plan, init, container.state(), request.cgroups(),
                    new InitProcess.SpawnContext(Optional.empty(), () -> { }, () -> false, StartSocket.NONE, parentStdio,
                            Optional.empty())), InitProcess::kill);
            new Resctrl(linux).join(container.state().resctrl(), joined.pid());
            joined.awaitReady(plan.seccomp().flatMap(SeccompPlan::listener).isPresent()).ifPresent(listener ->
                    SeccompAgent.send(linux, plan.seccomp().orElseThrow(), joined.pid(), container.state().forHooks(container.status()), listener));
            parentStdio.master().ifPresent(terminal);
            parentStdio.passPidfd(joined.pidfd(), "setns");
            request.pidFile().ifPresent(path -> new PidFile(linux, path).write(joined.pid(), undo));
            if (asked.stdio().consoleSocket().isPresent()) {
                TerminalSizeFallback.fill(linux, asked.process(), joined.pidfd());
            }
            joined.start();
            undo.keep();
            return joined;
        }
    }

    private InitProcess join(JoinPlan plan, Fd init, ContainerState state, List<String> below, InitProcess.SpawnContext context) {
        CgroupPaths cgroups = new CgroupPaths(state.cgroups());
        try {
            return join(plan, init, Cgroup.of(linux, cgroups.below(below)).open(), context);
        } catch (KernelException e) {
            if (e.is(Errno.EACCES) && state.scope().isPresent() && below.isEmpty()) {
                return joinBySystemd(plan, init, state.scope().get(), context);
            }
            if (!isElsewhere(e) || !below.isEmpty()) {
                throw e;
            }
        } catch (InitException e) {
            // Its own words, of a v1 cgroup that went while it joined.
            if (!below.isEmpty() || Cgroup.of(linux, cgroups).isWhole()) {
                throw e;
            }
        }
        return joinBeside(plan, init, cgroups, state.pid(), context);
    }

    /**
     * Whether the container's processes are no longer where they were put. EBUSY: it has moved them into cgroups below and handed its
     * controllers down to them (cgroups(7)). ENOENT, ENODEV: somebody has moved them and removed the cgroup, or an ordinary user could make none.
     */
    private static boolean isElsewhere(KernelException e) {
        return e.is(Errno.EBUSY) || e.is(Errno.ENOENT) || e.is(Errno.ENODEV);
    }

    private InitProcess joinBeside(JoinPlan plan, Fd init, CgroupPaths cgroups, int pid, InitProcess.SpawnContext context) {
        try {
            return join(plan, init, Cgroup.of(linux, cgroups).openBeside(pid), context);
        } catch (KernelException e) {
            if (!Cgroup.isDeniedToOrdinaryUser(linux, e)) {
                throw e;
            }
            return InitProcess.join(linux, plan, init, context);
        }
    }

    /** @param cgroup open; closed here */
    private InitProcess join(JoinPlan plan, Fd init, Cgroup cgroup, InitProcess.SpawnContext context) {
        try (cgroup) {
            return InitProcess.join(linux, plan, init, context.in(cgroup.unified(), () -> {
                cgroup.join();
            }));
        }
    }

    /**
     * Of an ordinary user in a login session: between its cgroup and the container's lies one that is not the user's, so that neither
     * CLONE_INTO_CGROUP nor a write to cgroup.procs may cross it (cgroups(7), delegation containment). The machine's systemd may.
     */
    private InitProcess joinBySystemd(JoinPlan plan, Fd init, String scope, InitProcess.SpawnContext context) {
        try (Systemd systemd = Systemd.connect(linux)) {
            return InitProcess.join(linux, plan, init, context.in(Optional.empty(), systemd::close)
                    .placed(new IntermediateProcess.Placement(pid -> systemd.attach(scope, pid), () -> { })));
        }
    }

    /** Who is in the container's user namespace already, as a process of it or of its maker's, cannot join it again (setns(2)). */
    static long otherThanOwn(Linux linux, ContainerState state) {
        if ((state.namespaces() & ProcessFlags.CLONE_NEWUSER) == 0) {
            return state.namespaces();
        }
        boolean same = linux.paths.statx(Fd.CWD, NamespaceKind.USER.ownFile(), 0)
                .isSameFile(linux.paths.statx(Fd.CWD, NamespaceKind.USER.fileOf(state.pid()), 0));
        return same ? state.namespaces() & ~ProcessFlags.CLONE_NEWUSER : state.namespaces();
    }
}
