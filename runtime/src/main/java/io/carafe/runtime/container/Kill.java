package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.state.Status;
import java.util.Optional;

/** runtime.md, Kill: a signal to the container's first process. */
public final class Kill {

    private final Linux linux;
    private final String root;

    public Kill(Linux linux, String root) {
        this.linux = linux;
        this.root = root;
    }

    /** @throws ContainerException {@code container not running} when it is neither created, running nor paused */
    public void send(String id, int signal) {
        Container container = Container.load(linux, root, id);
        Optional<Fd> init = container.status() == Status.STOPPED ? Optional.empty() : container.init(linux);
        if (init.isEmpty()) {
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
    }
}
