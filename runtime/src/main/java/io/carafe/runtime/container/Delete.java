package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
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
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.spec.state.Status;
import java.util.Optional;
import java.util.function.Consumer;

/** runtime.md, Delete: nothing that create made is left. */
public final class Delete {

    /** What runc waits for a killed init. */
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long STEP_MILLIS = 100;
    private static final long NANOS_OF_MILLI = 1_000_000;

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
            container.cgroup(linux); // refused where the state names others'
            delete(dir, Optional.of(container));
        }
    }

    /**
     * Kills and deletes a container in whatever state it is; fine when there is none.
     *
     * <p>Of an entry that is damaged all that is known is removed, and the rest is told. Another process that creates or deletes the
     * container, and does not come to its end, is killed.
     */
    public void force(String id) {
        if (StateDir.removeStray(linux, root, id)) {
            warnings.accept(root + "/" + id + " was no container's directory");
            return;
        }
        Optional<StateDir> found = StateDir.find(linux, root, id);
        if (found.isEmpty()) {
            return;
        }
        try (StateDir dir = found.get()) {
            if (dir.lockByForce()) {
                delete(dir, whatIsKnown(dir).map(state -> new Container(state, Status.RUNNING)));
            }
        }
    }

    /** The state; where it is damaged the one before, which has the same cgroups. What belongs to others is not in it. */
    private Optional<ContainerState> whatIsKnown(StateDir dir) {
        Optional<ContainerState> before = dir.loadBefore();
        Optional<ContainerState> state = before;
        try {
            Optional<ContainerState> saved = dir.load();
            if (saved.isEmpty() && before.isPresent()) {
                warnings.accept("container \"" + dir.id() + "\" has no state any more: what it had when it was created is removed");
            } else if (saved.isPresent() && before.isPresent() && !before.get().cgroups().equals(saved.get().cgroups())) {
                warnings.accept("the state of container \"" + dir.id() + "\" is damaged: its cgroups are not those that it was created with, "
                        + "which are removed");
            } else {
                state = saved;
            }
        } catch (ContainerException damaged) {
            warnings.accept(damaged.getMessage() + (before.isPresent() ? ": what it had when it was created is removed"
                    : ": nothing is known of its processes and cgroups"));
        }
        Optional<String> complaint = state.flatMap(known -> Cgroup.of(linux, new CgroupPaths(known.cgroups())).complaint());
        complaint.ifPresent(wrong -> warnings.accept("container \"" + dir.id() + "\": " + wrong + ", which stays"));
        return complaint.isPresent() ? state.map(known -> known.withoutCgroups()) : state;
    }

    private void delete(StateDir dir, Optional<Container> container) {
        container.ifPresent(this::end);
        dir.remove();
        container.ifPresent(deleted -> poststop(linux, deleted.state(), warnings));
    }

    /** After the container is deleted; each runs, and one that fails only warns (runtime.md, Lifecycle). */
    public static void poststop(Linux linux, ContainerState state, Consumer<String> warnings) {
        if (!state.hooks().poststop().isEmpty()) {
            HookProcess.ofRuntime(linux, state.forHooks(Status.STOPPED)).runEach("poststop", state.hooks().poststop(), warnings);
        }
    }

    private void end(Container container) {
        Cgroup cgroup = Cgroup.of(linux, new CgroupPaths(container.state().cgroups()));
        Optional<Fd> init = container.init(linux);
        init.ifPresent(this::kill);
        // Without a pid namespace of its own the container may have processes that its init does not take along; and what is frozen
        // dies only when it is thawed.
        cgroup.killAll(Signal.SIGKILL.number);
        init.ifPresent(pidfd -> awaitEnd(pidfd, container, cgroup));
        Systemd.stop(linux, container.state().scope());
        removeCgroups(cgroup, container);
        new Resctrl(linux).remove(container.state().resctrlOwn());
    }

    /** @throws KernelException EBUSY where something lives on in one */
    private void removeCgroups(Cgroup cgroup, Container container) {
        try {
            cgroup.remove();
        } catch (KernelException e) {
            if (!e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                throw e;
            }
            warnings.accept("the state of container \"" + container.state().id() + "\" is damaged: a cgroup of it is no directory: " + e.getMessage());
        }
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

    /**
     * An init waits for every process of its pid namespace to be reaped (pid_namespaces(7)), also for one that joined and whose parent, an
     * exec, is stopped. By then it has left its cgroup, and has neither memory nor files: it keeps nobody from the deletion.
     */
    private void awaitEnd(Fd pidfd, Container container, Cgroup cgroup) {
        try (pidfd) {
            long end = System.nanoTime() + PATIENCE_MILLIS * NANOS_OF_MILLI;
            while (linux.polling.readable(STEP_MILLIS, pidfd)[0] == 0) {
                if (!container.state().cgroups().isEmpty() && cgroup.exists() && cgroup.pids().isEmpty()) {
                    return;
                }
                if (System.nanoTime() > end) {
                    throw new ContainerException("the init (pid " + container.state().pid() + ") did not die in " + PATIENCE_MILLIS / 1000
                            + " s after SIGKILL");
                }
            }
        }
    }
}
