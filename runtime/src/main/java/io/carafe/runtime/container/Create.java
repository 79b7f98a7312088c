package io.carafe.runtime.container;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessStat;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.limit.Limits;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.resctrl.ResctrlPlan;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.container.attach.NotifyProxy;
import io.carafe.runtime.container.scope.ScopeSetup;
import io.carafe.runtime.container.state.ContainerId;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.PidFile;
import io.carafe.runtime.container.state.SavedFilter;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.InitProcess;
import io.carafe.runtime.init.StartSocket;
import io.carafe.runtime.init.hook.HookException;
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.runtime.init.stdio.ParentStdio;
import io.carafe.runtime.init.stdio.StdioPlan;
import io.carafe.runtime.seccomp.SeccompAgent;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.Config;
import io.carafe.spec.Hooks;
import io.carafe.spec.OciVersion;
import io.carafe.spec.state.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * runtime.md, Create: everything of a container but the run of its program.
 *
 * <p>Whatever fails, nothing is left: each thing made has its undo. Whatever kills this process, the init dies with it, and what
 * stays is found in the state directory by `delete --force`: the cgroups are written down before they are made.
 */
public final class Create {

    /**
     * What the caller asks for.
     *
     * @param root the directory of all state directories
     * @param noPivot see {@link ContainerPlan}
     * @param newKeyring whether the container gets a session keyring of its own; else it has the caller's
     * @param pidFile where to write the init's pid
     * @param notifySocket where a service manager waits to hear that the program is ready
     * @param trustsAnnotations whether the caller stands behind those that an image may have brought
     */
    public record Request(String root, String id, Document document, Cgroups cgroups, boolean noPivot, boolean newKeyring,
            Optional<String> pidFile, StdioPlan.Request stdio, Optional<String> notifySocket, boolean trustsAnnotations) {
    }

    /**
     * Where the configuration is.
     *
     * @param config its file, counted from the bundle
     * @param annotations that win over its own
     */
    public record Document(String bundle, String config, Map<String, String> annotations) {
    }

    /**
     * Who makes the cgroups.
     *
     * @param rootless whether the container goes without those that the caller may not make; absent: for who is not root
     */
    public record Cgroups(Driver driver, Optional<Boolean> rootless) {

        /** The words of {@code --cgroup-manager}. With DISABLED the container stays in the caller's cgroups. */
        public enum Driver { CGROUPFS, SYSTEMD, DISABLED }
    }

    private final Linux linux;
    private final Consumer<String> warnings;

    public Create(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /** Creates a container that waits to be started by {@link Start}, and outlives this process. */
    public void create(Request request) {
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        Created created = create(request, true, true);
        created.init().close();
        created.dir().close();
    }

    /** A container whose init is ready to execute. @param master of its terminal, where the creator is to be the other end */
    record Created(StateDir dir, Cgroup cgroup, InitProcess init, ContainerState state, Optional<Fd> master, Optional<NotifyProxy> proxy) {
    }

    /**
     * @param detached whether the container outlives this process
     * @param parked whether somebody else will start it; else {@link InitProcess#start} does
     */
    Created create(Request request, boolean detached, boolean parked) {
        try (ScopeSetup systemd = request.cgroups().driver() == Cgroups.Driver.SYSTEMD ? ScopeSetup.connect(linux) : ScopeSetup.NONE) {
            return make(request, decide(request, detached, systemd), systemd, parked);
        }
    }

    private Created make(Request request, Decided decided, ScopeSetup systemd, boolean parked) {
        try {
            return makeAll(request, decided, systemd, parked);
        } catch (HookException e) {
            // All is taken back by now: the lifecycle goes on with its last step (runtime.md, Lifecycle, steps 3 to 5 and 13).
            Delete.poststop(linux, decided.state(), warnings);
            throw e;
        }
    }

    /** All that is known before anything is made. @param state of a container that has no init yet */
    public record Decided(Bundle bundle, Host host, StdioPlan stdio, ContainerPlan plan, ContainerState state) {
    }

    /**
     * Decides, and makes nothing.
     *
     * @param detached whether the container outlives this process
     * @throws io.carafe.spec.json.SpecException the first complaint about the document
     */
    public Decided decide(Request request, boolean detached, ScopeSetup systemd) {
        String id = ContainerId.of(request.id());
        Bundle asked = Bundle.read(linux, request.document().bundle(), request.document().config()).withAnnotations(request.document().annotations());
        StdioPlan stdio = StdioPlan.of(asked.process(), request.stdio(), detached);
        Bundle bundle = asked.with(announced(request, asked.config().withProcess(stdio.with(asked.process()))));
        Host host = Host.probe(linux, bundle.config(), request.cgroups().rootless())
                .withoutCgroups(request.cgroups().driver() == Cgroups.Driver.DISABLED).withSystemd(systemd.host())
                .trusting(linux, request.trustsAnnotations());
        ContainerPlan plan = ContainerPlan.of(bundle, id, host, request.noPivot(), request.newKeyring());
        BehaviourAnnotation.warnings(bundle.config().annotations(), host.trust(), host.systemd().isPresent()).forEach(warnings);
        plan.init().process().warnings().forEach(warnings);
        bundle.config().linux().flatMap(section -> section.seccomp()).ifPresent(profile -> SeccompPlan.warnings(profile).forEach(warnings));
        bundle.config().linux().ifPresent(section -> plan.init().namespaces().warnings(section).forEach(warnings));
        plan.init().rootfs().warnings().forEach(warnings);
        bundle.config().linux().flatMap(section -> section.resources()).ifPresent(limits -> Limits.warnings(limits).forEach(warnings));
        return new Decided(bundle, host, stdio, plan, stateOf(bundle, id, host, plan));
    }

    private Created makeAll(Request request, Decided decided, ScopeSetup systemd, boolean parked) {
        ContainerPlan plan = decided.plan();
        try (Undo undo = new Undo(); ParentStdio parentStdio = ParentStdio.prepare(linux, decided.stdio())) {
            StateDir dir = undo.onFailure(StateDir.claim(linux, request.root(), decided.state().id()), StateDir::remove);
            dir.saveFirst(decided.state());
            Optional<NotifyProxy> notify = notify(request, dir, parked);
            notify.ifPresent(proxy -> undo.onFailure(proxy, NotifyProxy::close));
            Cgroup cgroup = systemd.make(linux, plan.cgroup(), undo);
            Resctrl resctrl = new Resctrl(linux);
            plan.resctrl().ifPresent(groups -> {
                resctrl.make(groups);
                undo.onFailure(() -> resctrl.remove(groups.removedWithContainer()));
            });
            try (StartSocket start = parked ? StartSocket.listen(linux, dir.fd()) : StartSocket.NONE) {
                InitProcess.SpawnContext context = new InitProcess.SpawnContext(cgroup.unified(), () -> {
                    // The lock on the state directory is the creator's alone.
                    dir.close();
                    systemd.close();
                    cgroup.join();
                }, cgroup::joinLast, start, parentStdio,
                        systemd.placement(linux, plan.scope(), plan.cgroup(), cgroup, undo));
                InitProcess init = undo.onFailure(InitProcess.spawn(linux, plan.init(), decided.host().caller(), context), InitProcess::kill);
                // While the init mounts: what it does not wait for.
                ContainerState begun = decided.state().withInit(init.pid(), startTime(init.pid()), decided.bundle().process(),
                        plan.init().seccomp().map(filter -> SavedFilter.write(linux, dir, filter)));
                dir.save(begun);
                cgroup.limit();
                resctrl.join(begun.resctrl(), init.pid());
                runHooks(begun, init);
                Optional<Fd> notifications = init.awaitReady(plan.init().seccomp().flatMap(SeccompPlan::listener).isPresent());
                ContainerState created = withPid(begun, init, dir);
                notifications.ifPresent(listener ->
                        SeccompAgent.send(linux, plan.init().seccomp().orElseThrow(), init.pid(), created.forHooks(Status.CREATING), listener));
                Optional<Fd> master = parentStdio.master();
                master.ifPresent(fd -> undo.onFailure(fd, Fd::close));
                parentStdio.passPidfd(init.pidfd(), "standard");
                request.pidFile().ifPresent(path -> new PidFile(linux, path).write(init.pid(), undo));
                if (parked) {
                    init.park();
                }
                undo.keep();
                return new Created(dir, cgroup, init, created, master, notify);
            }
        }
    }

    /** An init that is born last has a pid of its own now. */
    private ContainerState withPid(ContainerState begun, InitProcess init, StateDir dir) {
        if (begun.pid() == init.pid()) {
            return begun;
        }
        ContainerState born = begun.withPid(init.pid(), startTime(init.pid()));
        dir.save(born);
        return born;
    }

    private Config announced(Request request, Config config) {
        if (request.notifySocket().isEmpty()) {
            return config;
        }
        String root = request.root().startsWith("/") ? request.root() : linux.paths.getcwd() + "/" + request.root();
        return NotifyProxy.announced(config, root + "/" + request.id());
    }

    /** @return who listens from now on; whoever starts a parked container will */
    private Optional<NotifyProxy> notify(Request request, StateDir dir, boolean parked) {
        if (request.notifySocket().isEmpty()) {
            return Optional.empty();
        }
        NotifyProxy.makeDirectory(linux, dir.fd());
        return parked ? Optional.empty() : Optional.of(NotifyProxy.listen(linux, dir.fd(), request.notifySocket().get()));
    }

    private ContainerState stateOf(Bundle bundle, String id, Host host, ContainerPlan plan) {
        return new ContainerState(OciVersion.CURRENT.text(), id, 0, 0, bundle.path(), bundle.rootfs(), Instant.now().toString(),
                bundle.config().annotations(), Integer.toUnsignedLong(host.uid()), plan.cgroup().paths().byLabel(), plan.init().namespaces().all(),
                plan.init().namespaces().joinedFlags(), plan.init().hooks(), Optional.empty(), Optional.empty(), bundle.config().linux().flatMap(section -> section.memoryPolicy()),
                bundle.config().linux().flatMap(section -> section.personality()), plan.init().attributes().keyring(),
                plan.resctrl().map(ResctrlPlan::joined).orElse(List.of()), plan.resctrl().map(ResctrlPlan::removedWithContainer).orElse(List.of()),
                plan.scope().map(ScopePlan::unit));
    }

    /** prestart and createRuntime: in the runtime's namespaces, when the container's are there and mounted, before the pivot. */
    private void runHooks(ContainerState created, InitProcess init) {
        Hooks hooks = created.hooks();
        if (hooks.prestart().isEmpty() && hooks.createRuntime().isEmpty()) {
            return;
        }
        init.awaitMounted();
        HookProcess process = HookProcess.ofRuntime(linux, created.forHooks(Status.CREATING));
        process.run("prestart", hooks.prestart());
        process.run("createRuntime", hooks.createRuntime());
        init.goOn();
    }

    private long startTime(int pid) {
        return ProcessStat.parse(linux.files.readText(Fd.CWD, "/proc/" + pid + "/stat")).startTime();
    }
}
