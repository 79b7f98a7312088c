package io.carafe.runtime.container;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.container.attach.Foreground;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.ContainersDefaults;
import io.carafe.runtime.container.state.PidFile;
import io.carafe.runtime.init.InitProcess;
import io.carafe.runtime.init.JoinPlan;
import io.carafe.runtime.init.StartSocket;
import io.carafe.runtime.init.attribute.AttributesPlan;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.stdio.Handover;
import io.carafe.runtime.init.stdio.StdioPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.process.label.LabelPlan;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.Status;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A further process in a running container; no operation of the specification, but of everyone who uses one. */
public final class Exec {

    private static final long ALL_CAPABILITIES = -1;

    /**
     * What the caller asks for.
     *
     * @param process made of the container's own process, which is read only when it is asked for
     */
    public record Request(String root, String id, Function<ContainersProcess, Process> process, Optional<String> pidFile,
            StdioPlan.Request stdio) {
    }

    /** The process of the container's configuration, read when it is asked for. */
    public interface ContainersProcess {
        Process get();
    }

    private final Linux linux;
    private final Consumer<String> warnings;

    public Exec(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /** Returns when the program runs. */
    public void detached(Request request) {
        start(request, true, linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number)), master -> { }).close();
    }

    /** Runs the program, hands on the signals that come. @return its exit code; 128 and the signal's number when one ended it */
    public int attached(Request request) {
        try (Foreground foreground = Foreground.begin(linux);
                InitProcess process = start(request, false, foreground.maskBefore(), foreground::take)) {
            return foreground.followToTheEndOf(process);
        }
    }

    /** @param terminal gets the master of the program's terminal before the program runs, when this process is to be the other end */
    private InitProcess start(Request request, boolean detached, long signalMask, Consumer<Fd> terminal) {
        Container container = Container.load(linux, request.root(), request.id());
        if (container.status() == Status.PAUSED) {
            throw new ContainerException("cannot exec in a paused container");
        }
        if (container.status() != Status.RUNNING && container.status() != Status.CREATED) {
            throw new ContainerException("container not running");
        }
        Process process = ContainersDefaults.of(container.state().process()).in(request.process().apply(
                () -> Bundle.read(linux, container.state().bundle(), container.state().config()).process()));
        StdioPlan stdio = StdioPlan.of(process, request.stdio(), detached);
        long namespaces = otherThanOwn(container.state());
        boolean userNamespace = (namespaces & ProcessFlags.CLONE_NEWUSER) != 0;
        ProcessPlan plan = ProcessPlan.of(stdio.with(process), userNamespace ? ALL_CAPABILITIES : Host.grantable(linux), "process");
        AttributesPlan attributes = attributes(process, container.state(), userNamespace);
        plan.warnings().forEach(warnings);
        try (Undo undo = new Undo(); Handover handover = Handover.prepare(linux, stdio); Cgroup cgroup = Cgroup.of(linux, new CgroupPaths(container.state().cgroups())).open();
                Fd init = container.init(linux).orElseThrow(() -> new ContainerException("container not running"))) {
            InitProcess joined = undo.onFailure(InitProcess.join(linux, new JoinPlan(namespaces, linux.credentials.geteuid() != 0, plan, attributes), init,
                    new InitProcess.Surroundings(cgroup.unified(), () -> {
                        cgroup.join();
                        cgroup.close();
                    }, StartSocket.NONE, signalMask, handover)), InitProcess::kill);
            new Resctrl(linux).join(container.state().resctrl(), joined.pid());
            joined.awaitReady();
            handover.master().ifPresent(terminal);
            handover.passPidfd(joined.pidfd(), "setns");
            request.pidFile().ifPresent(path -> new PidFile(linux, path).write(joined.pid(), undo));
            joined.start();
            undo.keep();
            return joined;
        }
    }

    /** Who is in the container's user namespace already, as a process of it or of its maker's, cannot join it again (setns(2)). */
    private long otherThanOwn(ContainerState state) {
        if ((state.namespaces() & ProcessFlags.CLONE_NEWUSER) == 0) {
            return state.namespaces();
        }
        boolean same = linux.paths.statx(Fd.CWD, NamespaceKind.USER.ownFile(), 0)
                .isSameFile(linux.paths.statx(Fd.CWD, NamespaceKind.USER.fileOf(state.pid()), 0));
        return same ? state.namespaces() & ~ProcessFlags.CLONE_NEWUSER : state.namespaces();
    }

    private AttributesPlan attributes(Process process, ContainerState state, boolean userNamespace) {
        return AttributesPlan.of(process, new AttributesPlan.OfContainer(state.memoryPolicy(), state.personality(), state.keyring()),
                LabelPlan.asks(process) ? SecurityModules.probe(linux) : SecurityModules.NONE,
                userNamespace && linux.credentials.geteuid() == 0, "process");
    }
}
