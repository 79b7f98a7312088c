package io.carafe.runtime.container.resources;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.CgroupUpdate;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.state.Status;

/** New limits for a container that there is. */
public final class Update {

    private final Linux linux;
    private final String root;

    public Update(Linux linux, String root) {
        this.linux = linux;
        this.root = root;
    }

    /**
     * Sets the limits that are asked for; the others stay, and all do when one cannot be had.
     *
     * @throws ContainerException {@code container not running}
     */
    public void update(String id, Resources resources) {
        Container container = Container.load(linux, root, id);
        if (container.status() == Status.STOPPED || container.status() == Status.CREATING) {
            throw new ContainerException("container not running: " + container.status().text());
        }
        new CgroupUpdate(linux, new CgroupPaths(container.state().cgroups())).to(resources);
    }
}
