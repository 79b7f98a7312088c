package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.state.Status;
import java.util.Optional;

/** runtime.md, Kill: a signal to the container's first process, or to all of them. */
public final class Kill {

    private final Linux linux;
    private final String root;

    public Kill(Linux linux, String root) {
        this.linux = linux;
        this.root = root;
    }

    /** @throws ContainerException {@code container not running} when it is neither created, running nor paused, nor has anything that SIGKILL could end */
    public void send(String id, int signal) {
        Container container = Container.load(linux, root, id);
        Optional<Fd> init = container.status() == Status.STOPPED ? Optional.empty() : container.init(linux);
        if (init.isEmpty()) {
            if (signal == Signal.SIGKILL.number && killedWithoutInit(container)) {
                return;
            }
            throw new ContainerException("container not running");
        }
        try (Fd pidfd = init.get()) {
            linux.processes.sendSignal(pidfd, signal);
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                throw new ContainerException("container not running");
            }
            throw e;
        }
        if (signal == Signal.SIGKILL.number) {
            killRest(container);
        }
    }

    /**
     * In a pid namespace of others an init that ends takes nobody along: what is left is the container's all the same. As in runc since 1.2;
     * the container itself has stopped (runtime.md, Kill), so only this one signal is for them.
     *
     * @return whether there was any
     */
    private boolean killedWithoutInit(Container container) {
        if ((container.state().namespaces() & ProcessFlags.CLONE_NEWPID) != 0 || container.status() != Status.STOPPED) {
            return false;
        }
        Cgroup cgroup = container.cgroup(linux);
        boolean any = !cgroup.pids().isEmpty();
        cgroup.killAll(Signal.SIGKILL.number);
        return any;
    }

    /** What a killed init does not take along, and what a killed process needs to die. */
    private void killRest(Container container) {
        if ((container.state().namespaces() & ProcessFlags.CLONE_NEWPID) == 0) {
            container.cgroup(linux).killAll(Signal.SIGKILL.number);
        } else if (container.status() == Status.PAUSED) {
            // In a frozen v1 cgroup not even SIGKILL is acted on.
            container.cgroup(linux).thaw();
        }
    }

    /** Sends a signal to every process of the container. Fine when it has none. */
    public void sendToAll(String id, int signal) {
        Container container = Container.load(linux, root, id);
        if (!container.state().cgroups().isEmpty()) {
            container.cgroup(linux).killAll(signal);
        } else if (container.status() != Status.STOPPED) {
            send(id, signal);
        }
    }
}
