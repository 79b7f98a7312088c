package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.hook.HookException;
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.spec.Hook;
import io.carafe.spec.state.Status;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** runtime.md, Delete: nothing that create made is left. */
public final class Delete {

    /** What runc waits for a killed init. */
    private static final long PATIENCE_MILLIS = 10_000;

    private final Linux linux;
    private final String root;
    private final Consumer<String> warnings;

    public Delete(Linux linux, String root, Consumer<String> warnings) {
        this.linux = linux;
        this.root = root;
        this.warnings = warnings;
    }

    /**
     * Deletes a stopped container.
     *
     * @throws ContainerException when it does not exist, or has not stopped (runtime.md, Delete)
     */
    public void delete(String id) {
        try (StateDir dir = StateDir.find(linux, root, id).orElseThrow(() -> Container.absent(id))) {
            if (!dir.lock()) {
                throw Container.absent(id);
            }
            Container container = Container.of(linux, dir);
            if (container.status() != Status.STOPPED) {
                throw new ContainerException("cannot delete container " + id + " that is not stopped: " + container.status().text());
            }
            delete(dir, Optional.of(container));
        }
    }

    /** Kills and deletes a container in whatever state it is; fine when there is none. */
    public void force(String id) {
        Optional<StateDir> found = StateDir.find(linux, root, id);
        if (found.isEmpty()) {
            return;
        }
        try (StateDir dir = found.get()) {
            if (dir.lock()) {
                delete(dir, dir.load().map(state -> new Container(state, Status.RUNNING)));
            }
        }
    }

    private void delete(StateDir dir, Optional<Container> container) {
        container.ifPresent(this::end);
        dir.remove();
        container.ifPresent(deleted -> poststop(linux, deleted.state(),
                linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, 0), warnings));
    }

    /** After the container is deleted; each runs, and one that fails only warns (runtime.md, Lifecycle). */
    static void poststop(Linux linux, ContainerState state, long signalMask, Consumer<String> warnings) {
        for (Hook hook : state.hooks().poststop()) {
            try {
                new HookProcess(linux, state.forHooks(Status.STOPPED), signalMask).run("poststop", List.of(hook));
            } catch (HookException e) {
                warnings.accept(e.getMessage());
            }
        }
    }

    private void end(Container container) {
        Cgroup cgroup = Cgroup.of(linux, new CgroupPaths(container.state().cgroups()));
        Optional<Fd> init = container.init(linux);
        init.ifPresent(this::kill);
        // Without a pid namespace of its own the container may have processes that its init does not take along; and what is frozen
        // dies only when it is thawed.
        cgroup.killAll(Signal.SIGKILL.number);
        init.ifPresent(pidfd -> awaitEnd(pidfd, container.state().pid()));
        Systemd.stop(linux, container.state().scope());
        cgroup.remove();
        new Resctrl(linux).remove(container.state().resctrlOwn());
    }

    private void kill(Fd pidfd) {
        try {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    private void awaitEnd(Fd pidfd, int pid) {
        try (pidfd) {
            if (linux.polling.readable(PATIENCE_MILLIS, pidfd)[0] == 0) {
                throw new ContainerException("the init (pid " + pid + ") did not die in " + PATIENCE_MILLIS / 1000 + " s after SIGKILL");
            }
        }
    }
}
