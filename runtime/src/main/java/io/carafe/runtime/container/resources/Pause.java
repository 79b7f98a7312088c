package io.carafe.runtime.container.resources;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.state.Status;

/** Stops all processes of a container where they stand, and lets them go on. */
public final class Pause {

    private final Linux linux;
    private final String root;

    public Pause(Linux linux, String root) {
        this.linux = linux;
        this.root = root;
    }

    /**
     * Returns when all have stopped. One that is paused already stays so.
     *
     * @throws ContainerException {@code container not running}
     * @throws io.carafe.linux.KernelException EOPNOTSUPP for a container without a cgroup; EBUSY when one does not stop: then all run
     */
    public void pause(String id) {
        Container container = Container.load(linux, root, id);
        if (container.status() != Status.RUNNING && container.status() != Status.CREATED && container.status() != Status.PAUSED) {
            throw new ContainerException("container not running: " + container.status().text());
        }
        container.whileItLives(linux, () -> container.cgroup(linux).freeze());
    }

    /** @throws ContainerException when it is not paused */
    public void resume(String id) {
        Container container = Container.load(linux, root, id);
        if (container.status() != Status.PAUSED) {
            throw new ContainerException("container not paused: " + container.status().text());
        }
        container.cgroup(linux).thaw();
    }
}
