package io.carafe.runtime.container.resources;

import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.CgroupUpdate;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.resctrl.ResctrlPlan;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.spec.linux.IntelRdt;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.state.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
     * @param cache the schemata of linux.intelRdt: a container that has no group gets one, as in runc
     * @throws ContainerException {@code container not running}
     */
    public void update(String id, Resources resources, Optional<IntelRdt> cache) {
        Container container = running(Container.load(linux, root, id));
        Optional<ResctrlPlan> group = cache.map(asked -> ResctrlPlan.of(asked, id, new Resctrl(linux).mountPoint()));
        container.whileItLives(linux, () -> {
            Map<String, List<String>> controls = new CgroupUpdate(linux, new CgroupPaths(container.state().cgroups())).to(resources);
            // After the files, which take all or nothing: systemd must know what holds, or it would write its own again.
            container.state().scope().ifPresent(unit -> tell(unit, controls));
        });
        if (group.isPresent() && !container.state().resctrl().isEmpty()) {
            new Resctrl(linux).update(container.state().resctrl().get(0), group.get().schemata());
        } else if (group.isPresent()) {
            join(id, group.get());
        }
    }

    private void tell(String unit, Map<String, List<String>> controls) {
        try (Systemd systemd = Systemd.connect(linux)) {
            systemd.set(unit, ScopePlan.update(controls, systemd.host()));
        }
    }

    private static Container running(Container container) {
        if (container.status() == Status.STOPPED || container.status() == Status.CREATING) {
            throw new ContainerException("container not running: " + container.status().text());
        }
        return container;
    }

    /** The state is written last: a group that no state names would stay for ever. */
    private void join(String id, ResctrlPlan group) {
        try (Undo undo = new Undo(); StateDir dir = StateDir.find(linux, root, id).orElseThrow(() -> Container.absent(id))) {
            if (!dir.lock()) {
                throw Container.absent(id);
            }
            Container container = running(Container.of(linux, dir));
            Resctrl resctrl = new Resctrl(linux);
            resctrl.make(group);
            undo.onFailure(() -> resctrl.remove(group.removedWithContainer()));
            for (int pid : new Processes(linux, root).of(container)) {
                resctrl.join(group.joined(), pid);
            }
            dir.save(container.state().withResctrl(group.joined(), group.removedWithContainer()));
            undo.keep();
        }
    }
}
