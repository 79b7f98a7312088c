package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.Complaint;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.container.Delete;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.criu.Criu;
import io.carafe.runtime.criu.CriuException;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.criu.CriuProcess;
import io.carafe.runtime.criu.CriuRequest;
import io.carafe.runtime.criu.CriuResponse;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.spec.state.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Saves a container that runs, or is paused, as files. It is deleted then, if it is not to run on. */
public final class Checkpoint {

    private static final byte[] READY = {0};

    private final Linux linux;
    private final Consumer<String> warnings;

    public Checkpoint(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /**
     * Returns when the images are written. Where it fails the container goes on as it was.
     *
     * @throws ContainerException when there is no such container, or it neither runs nor is paused
     * @throws CriuException why CRIU cannot
     */
    public void checkpoint(CheckpointRequest request) {
        try (StateDir dir = StateDir.find(linux, request.root(), request.id()).orElseThrow(() -> Container.absent(request.id()))) {
            Container container = Container.of(linux, dir);
            if (container.status() != Status.RUNNING && container.status() != Status.PAUSED) {
                throw new ContainerException("cannot checkpoint a container that is " + container.status().text() + ": expected running or paused");
            }
            Criu criu = Criu.find(linux, request.criu());
            criu.version();
            requireFeatures(criu, request);
            CheckpointPlan plan = CheckpointPlan.of(container.state(), request, CriuConfiguration.of(linux, container.state().annotations(),
                    request.trustsAnnotations(), warnings), look(container));
            try (Images.Opened images = request.images().make(linux)) {
                if (plan.type() == CriuRequest.Type.DUMP) {
                    images.writeDescriptors(plan.descriptors());
                }
                dump(criu, plan, request, images, container);
            }
        }
        if (!request.preDump() && !request.options().has(CriuOption.LEAVE_RUNNING)) {
            new Delete(linux, request.root(), warnings).force(request.id());
        }
    }

    private static void requireFeatures(Criu criu, CheckpointRequest request) {
        boolean lazy = request.options().has(CriuOption.LAZY_PAGES);
        if (!lazy && !request.preDump()) {
            return;
        }
        CriuResponse.Features features = criu.features();
        if (request.preDump() && !features.memTrack()) {
            throw new CriuException("--pre-dump: this kernel does not track which memory changes (CONFIG_MEM_SOFT_DIRTY)");
        }
        if (lazy && !features.lazyPages()) {
            throw new CriuException("--lazy-pages: this kernel or CRIU has no userfaultfd for it");
        }
    }

    private CheckpointPlan.Found look(Container container) {
        ContainerState state = container.state();
        Set<Integer> pids = new LinkedHashSet<>(List.of(state.pid()));
        pids.addAll(container.cgroup(linux).pids());
        String process = "/proc/" + state.pid();
        List<CheckpointPlan.Found.Joined> joined = new ArrayList<>();
        for (NamespaceKind kind : ExternalNamespace.KINDS) {
            if ((state.joined() & kind.flag) != 0) {
                joined.add(new CheckpointPlan.Found.Joined(kind, linux.paths.statx(Fd.CWD, kind.fileOf(state.pid()), 0).inode()));
            }
        }
        return new CheckpointPlan.Found(MountInfo.parse(linux.files.readText(Fd.CWD, process + "/mountinfo")),
                MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo")), StandardStream.of(linux, pids), joined);
    }

    private void dump(Criu criu, CheckpointPlan plan, CheckpointRequest request, Images.Opened images, Container container) {
        CriuOptions options = plan.options().with(CriuOption.IMAGES_DIR_FD, images.images().number())
                .with(CriuOption.WORK_DIR_FD, images.work().number());
        try (CriuProcess process = criu.begin(CriuProcess.Launch.of(images.and(List.of()), options.has(CriuOption.SHELL_JOB)))) {
            CriuResponse response = process.perform(new CriuRequest(plan.type(), options), (notification, fds) -> {
                if (notification.script().equals("status-ready")) {
                    tellReady(request);
                }
            });
            response.requireSuccess();
        } catch (CriuException e) {
            goOn(container);
            throw images.explained(e, CheckpointPlan.LOG);
        }
    }

    /** What --status-fd waits for: the page server takes connections. */
    private void tellReady(CheckpointRequest request) {
        if (request.statusFd().isPresent()) {
            try {
                linux.files.write(Fd.borrowed(request.statusFd().getAsInt()), READY);
            } catch (KernelException e) {
                throw e.during("--status-fd " + request.statusFd().getAsInt());
            }
        }
    }

    /** CRIU that was killed has left its processes to themselves, but their cgroup as it was then: frozen, maybe. */
    private void goOn(Container container) {
        try {
            if (container.status() != Status.PAUSED && container.cgroup(linux).isFrozen()) {
                container.cgroup(linux).thaw();
            }
        } catch (RuntimeException e) {
            warnings.accept("the container may be paused now: " + Complaint.of(e));
        }
    }
}
