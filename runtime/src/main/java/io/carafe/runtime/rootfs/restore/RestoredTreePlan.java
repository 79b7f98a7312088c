package io.carafe.runtime.rootfs.restore;

import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;

import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.Step;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of a plan for a container that somebody else restores: the root is mounted, each mount's place is made where the root's own
 * file system has it, and binds are mounted for a moment, since they may have the places of others. What a file system of the container's own
 * holds is in the checkpoint.
 *
 * @param preparation its mounts are all that is done of it
 * @param binds what comes from the host, with those whose place is in the container's own file systems
 * @param passing of these the ones that the preparation mounts, in its order
 */
public record RestoredTreePlan(RootfsPlan preparation, List<External> binds, List<ContainerPath> passing) {

    /**
     * Something of the host at a place in the container.
     *
     * @param recursive with what is mounted below it
     * @param inRoot whether the place is in the root's own file system
     */
    public record External(ContainerPath at, HostPath source, boolean recursive, boolean inRoot) {
    }

    public RestoredTreePlan {
        binds = List.copyOf(binds);
        passing = List.copyOf(passing);
    }

    /** @throws SpecException for what CRIU cannot restore */
    public static RestoredTreePlan of(RootfsPlan plan) {
        if (plan.mount().isEmpty() || !(plan.mount().get(0) instanceof Step.HostPropagation)) {
            throw new SpecException("linux.namespaces", "expected a mount namespace of the container's own: without one it cannot be restored");
        }
        List<Step> steps = new ArrayList<>();
        List<External> binds = new ArrayList<>();
        List<ContainerPath> passing = new ArrayList<>();
        List<ContainerPath> own = new ArrayList<>();
        for (Step step : plan.mount()) {
            boolean inRoot = !(step instanceof Step.Placed) || own.stream().noneMatch(((Step.Placed) step).at()::isWithin);
            if (step instanceof Step.HostPropagation) {
                // Nothing that is mounted here reaches the host; what the host mounts later reaches the volumes, as ever.
                steps.add(new Step.HostPropagation(plan.root(), MS_SLAVE | MS_REC));
            } else if (step instanceof Step.NewFileSystem) {
                Step.NewFileSystem made = (Step.NewFileSystem) step;
                if (inRoot) {
                    steps.add(new Step.Place(made.at(), made.ordinaryDirectory()));
                }
                own.add(made.at());
                made.otherwise().ifPresent(bind -> binds.add(external(bind, inRoot)));
            } else if (step instanceof Step.Bind) {
                Step.Bind bind = (Step.Bind) step;
                if (bind.options().ids().isPresent()) {
                    throw new SpecException("mounts", "the mount on " + bind.at() + " has id maps of its own, which CRIU does not restore");
                }
                binds.add(external(bind, inRoot));
                if (inRoot) {
                    steps.add(bind);
                    passing.add(bind.at());
                }
            } else if (step instanceof Step.Node && ((Step.Node) step).bind()) {
                Step.Node node = (Step.Node) step;
                binds.add(new External(node.at(), new HostPath(node.at().text()), false, inRoot));
                if (inRoot) {
                    steps.add(node);
                    passing.add(node.at());
                }
            } else if (inRoot && !(step instanceof Step.Remount)) {
                steps.add(step);
            }
        }
        return new RestoredTreePlan(new RootfsPlan(plan.root(), steps, plan.pivot(), List.of(), List.of()), binds, passing);
    }

    private static External external(Step.Bind bind, boolean inRoot) {
        return new External(bind.at(), bind.source(), bind.options().recursive(), inRoot);
    }
}
