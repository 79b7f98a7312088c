package io.carafe.runtime.container.checkpoint;

import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNS;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.linux.proc.ProcessStat;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.container.ContainerPlan;
import io.carafe.runtime.container.Create;
import io.carafe.runtime.container.Delete;
import io.carafe.runtime.container.Run;
import io.carafe.runtime.container.Start;
import io.carafe.runtime.container.attach.Foreground;
import io.carafe.runtime.container.scope.ScopeSetup;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.PidFile;
import io.carafe.runtime.container.state.SavedFilter;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.criu.Criu;
import io.carafe.runtime.criu.CriuException;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.criu.CriuProcess;
import io.carafe.runtime.criu.CriuRequest;
import io.carafe.runtime.criu.CriuResponse;
import io.carafe.runtime.criu.CriuResponse.Notification;
import io.carafe.runtime.init.hook.HookException;
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan.Joined;
import io.carafe.runtime.init.stdio.ParentStdio;
import io.carafe.runtime.rootfs.restore.RestoredTree;
import io.carafe.runtime.rootfs.restore.RestoredTreePlan;
import io.carafe.spec.Hooks;
import io.carafe.spec.state.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes a container of a checkpoint: all that create makes of it, and its processes by CRIU.
 *
 * <p>Whatever fails, nothing is left: each thing made has its undo, and CRIU kills what it has restored.
 */
public final class Restore {

    private static final int LONGEST = 1 << 20;
    private static final byte[] PLACE = {'p'};

    private final Linux linux;
    private final Consumer<String> warnings;

    public Restore(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /** Restores a container that outlives this process. */
    public void detached(RestoreRequest request) {
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        Restored restored = restore(request, true, master -> { });
        restored.pidfd().close();
        restored.dir().close();
    }

    /**
     * Restores a container, hands on the signals that come and what goes through its terminal, waits for its end and deletes it.
     *
     * @return as {@link Run#attached}
     */
    public int attached(RestoreRequest request) {
        try (Foreground foreground = Foreground.begin(linux, warnings)) {
            Restored restored = restore(request, false, foreground::take);
            return new Run(linux, warnings).follow(foreground, new Run.Running(restored.dir(), restored.cgroup(), restored.state(), restored.pidfd(),
                    () -> linux.processes.waitFor(restored.pidfd()), restored.pidfd()::close), false);
        }
    }

    private record Restored(StateDir dir, Cgroup cgroup, ContainerState state, Fd pidfd) {
    }

    private Restored restore(RestoreRequest request, boolean detached, Consumer<Fd> terminal) {
        try (ScopeSetup systemd = request.create().cgroups().driver() == Create.Cgroups.Driver.SYSTEMD ? ScopeSetup.connect(linux)
                : ScopeSetup.NONE) {
            Create.Decided decided = new Create(linux, warnings).decide(request.create(), detached, systemd);
            RestorePlan plan = RestorePlan.of(decided.plan(), request, CriuConfiguration.of(linux, decided.bundle().config().annotations(),
                    request.create().trustsAnnotations(), warnings));
            try (Images.Opened images = request.images().find(linux); ParentStdio parentStdio = ParentStdio.prepare(linux, decided.stdio())) {
                Criu criu = Criu.find(linux, request.criu());
                criu.version();
                return new Making(request, decided, plan, systemd, images, parentStdio, terminal).make(criu);
            } catch (HookException e) {
                // All is taken back by now: the lifecycle goes on with its last step, as at a create.
                Delete.poststop(linux, decided.state(), warnings);
                throw e;
            }
        }
    }

    /** One restore, from the first thing that it makes. */
    private final class Making {

        private final RestoreRequest request;
        private final Create.Decided decided;
        private final ContainerPlan container;
        private final RestorePlan plan;
        private final ScopeSetup systemd;
        private final Images.Opened images;
        private final ParentStdio parentStdio;
        private final Consumer<Fd> terminal;
        private ContainerState state;
        /** Of the first process, once it is there. */
        private Optional<Fd> pidfd = Optional.empty();

        Making(RestoreRequest request, Create.Decided decided, RestorePlan plan, ScopeSetup systemd, Images.Opened images, ParentStdio parentStdio,
                Consumer<Fd> terminal) {
            this.request = request;
            this.decided = decided;
            this.container = decided.plan();
            this.plan = plan;
            this.systemd = systemd;
            this.images = images;
            this.parentStdio = parentStdio;
            this.terminal = terminal;
            this.state = decided.state();
        }

        Restored make(Criu criu) {
            try (Undo undo = new Undo(); Inherited inherited = Inherited.open(linux, images.readDescriptors(), plan.opened())) {
                StateDir dir = undo.onFailure(StateDir.claim(linux, request.create().root(), state.id()), StateDir::remove);
                dir.saveFirst(state);
                Cgroup cgroup = systemd.make(linux, container.cgroup(), undo);
                undo.onFailure(() -> cgroup.killAll(Signal.SIGKILL.number));
                Resctrl resctrl = new Resctrl(linux);
                container.resctrl().ifPresent(groups -> {
                    resctrl.make(groups);
                    undo.onFailure(() -> resctrl.remove(groups.removedWithContainer()));
                });
                try (CriuProcess process = begin(criu, dir, cgroup, inherited, undo)) {
                    CriuOptions options = options(process, inherited);
                    CriuResponse response = process.perform(new CriuRequest(CriuRequest.Type.RESTORE, options), (notification, fds) ->
                            follow(notification, fds, dir, cgroup, undo));
                    response.requireSuccess();
                } catch (CriuException e) {
                    throw images.explained(e, RestorePlan.LOG);
                }
                request.create().pidFile().ifPresent(path -> new PidFile(linux, path).write(state.pid(), undo));
                Start.poststart(linux, state);
                undo.keep();
                return new Restored(dir, cgroup, state, pidfd.orElseThrow());
            }
        }

        /** CRIU's process: in the container's cgroups, with its root and nothing else that is mounted. */
        private CriuProcess begin(Criu criu, StateDir dir, Cgroup cgroup, Inherited inherited, Undo undo) {
            Optional<IntermediateProcess.Placement> placement = systemd.placement(linux, container.scope(), container.cgroup(), cgroup, undo);
            boolean[] isPlaced = {true};
            Consumer<Fd> before = socket -> {
                dir.close();
                systemd.close();
                placement.ifPresent(how -> {
                    linux.sockets.send(socket, PLACE, List.of());
                    linux.sockets.receive(socket, PLACE.length);
                    how.byItself().run();
                });
                cgroup.join();
                if (!isPlaced[0]) {
                    cgroup.joinUnified();
                }
                images.reopen();
                linux.sockets.send(socket, RestoredTree.make(linux, plan.tree()).bytes(), List.of());
            };
            boolean keepsStreams = plan.options().has(CriuOption.SHELL_JOB);
            List<Fd> kept = images.and(inherited.fds());
            CriuProcess.Launch launch = new CriuProcess.Launch(CLONE_NEWNS, cgroup.unified(), kept, keepsStreams, before);
            CriuProcess process;
            try {
                process = criu.begin(launch);
            } catch (KernelException e) {
                if (cgroup.unified().isEmpty() || !Processes.cannotPlace(e)) {
                    throw e;
                }
                isPlaced[0] = false;
                process = criu.begin(new CriuProcess.Launch(CLONE_NEWNS, Optional.empty(), kept, keepsStreams, before));
            }
            try (Undo ended = new Undo()) {
                ended.onFailure(process, CriuProcess::close);
                int pid = process.pid();
                if (placement.isPresent()) {
                    process.hear(PLACE.length);
                    placement.get().byParent().accept(pid);
                    process.say(PLACE);
                }
                ended.keep();
            }
            return process;
        }

        private CriuOptions options(CriuProcess process, Inherited inherited) {
            RestoredTree tree = RestoredTree.of(process.hear(LONGEST));
            List<RestorePlan.Bind> binds = new ArrayList<>();
            for (int i = 0; i < plan.tree().binds().size(); i++) {
                RestoredTreePlan.External bind = plan.tree().binds().get(i);
                real(bind.source().text()).ifPresent(source ->
                        binds.add(new RestorePlan.Bind(tree.places().get(plan.tree().binds().indexOf(bind)), source, bind.recursive())));
            }
            return plan.with(tree.root(), binds, MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo")),
                    ProcessCgroup.parse(linux.files.readText(Fd.CWD, "/proc/" + process.pid() + "/cgroup")), inherited.numbers())
                    .with(CriuOption.IMAGES_DIR_FD, images.images().number())
                    .with(CriuOption.WORK_DIR_FD, images.work().number());
        }

        /** What CRIU is about to do, or has done. */
        private void follow(Notification notification, List<Fd> fds, StateDir dir, Cgroup cgroup, Undo undo) {
            switch (notification.script()) {
                case "setup-namespaces" -> {
                    // A child of this process: whoever ends CRIU now, it stays to be killed.
                    pidfd = Optional.of(undo.onFailure(linux.processes.pidfdOpen(notification.pid()), Restore.this::end));
                    prepareNamespaces(notification.pid());
                }
                case "orphan-pts-master" -> handOver(fds.get(0));
                case "post-restore" -> {
                    state = known(notification.pid(), dir);
                    dir.save(state);
                    cgroup.limit();
                    new Resctrl(linux).join(state.resctrl(), state.pid());
                }
                default -> { }
            }
        }

        /** The first process is there, with its namespaces, and nothing in them is restored yet. */
        private void prepareNamespaces(int pid) {
            if (container.init().loopback()) {
                new OwnNetwork(linux).bringUpLoopback(pid);
            }
            Hooks hooks = state.hooks();
            if (!hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty()) {
                HookProcess process = HookProcess.ofRuntime(linux, state.withPid(pid, startTime(pid)).forHooks(Status.CREATING));
                process.run("prestart", hooks.prestart());
                process.run("createRuntime", hooks.createRuntime());
            }
        }

        private void handOver(Fd master) {
            if (!parentStdio.sendMaster(master)) {
                terminal.accept(linux.files.duplicate(master));
            }
        }

        private ContainerState known(int pid, StateDir dir) {
            long time = (container.init().namespaces().all() & ProcessFlags.CLONE_NEWTIME) == 0 && isElsewhere(NamespaceKind.TIME, pid)
                    ? ProcessFlags.CLONE_NEWTIME : 0;
            return state.withInit(pid, startTime(pid), decided.bundle().process(),
                    container.init().seccomp().map(filter -> SavedFilter.write(linux, dir, filter))).withNamespaces(time);
        }
    }

    /** CRIU gives what it restores a time namespace, so that its clocks go on. Kernels before Linux 5.6 have none. */
    private boolean isElsewhere(NamespaceKind kind, int pid) {
        return linux.paths.statxIfPresent(Fd.CWD, kind.fileOf(pid), 0)
                .map(there -> !there.isSameFile(linux.paths.statx(Fd.CWD, kind.ownFile(), 0))).orElse(false);
    }

    private long startTime(int pid) {
        return ProcessStat.parse(linux.files.readText(Fd.CWD, "/proc/" + pid + "/stat")).startTime();
    }

    /** Without links. @return empty where there is nothing */
    private Optional<String> real(String path) {
        return linux.files.openIfPresent(Fd.CWD, path, O_PATH).map(fd -> {
            try (fd) {
                return linux.paths.readlinkat(Fd.CWD, fd.path());
            }
        });
    }

    private void end(Fd pidfd) {
        try (pidfd) {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            linux.processes.waitFor(pidfd);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
                throw e;
            }
        }
    }

    /**
     * What CRIU's process has by its descriptors' numbers.
     *
     * @param numbers by what the files are called in the images
     */
    private record Inherited(List<Fd> fds, Map<String, Integer> numbers) implements AutoCloseable {

        static Inherited open(Linux linux, List<String> descriptors, List<Joined> namespaces) {
            List<Fd> fds = new ArrayList<>();
            Map<String, Integer> numbers = new LinkedHashMap<>();
            for (int stream = 0; stream < Math.min(descriptors.size(), StandardStream.COUNT); stream++) {
                String key = descriptors.get(stream);
                if ((key.startsWith("pipe:") || key.startsWith("file[")) && !numbers.containsKey(key)) {
                    fds.add(linux.files.duplicate(Fd.borrowed(stream)));
                    numbers.put(key, fds.get(fds.size() - 1).number());
                }
            }
            for (Joined namespace : namespaces) {
                try {
                    fds.add(linux.files.open(namespace.path(), O_RDONLY));
                } catch (KernelException e) {
                    fds.forEach(Fd::close);
                    throw e.during(namespace.property());
                }
                numbers.put(ExternalNamespace.name(namespace.kind()), fds.get(fds.size() - 1).number());
            }
            return new Inherited(fds, numbers);
        }

        @Override
        public void close() {
            fds.forEach(Fd::close);
        }
    }
}
