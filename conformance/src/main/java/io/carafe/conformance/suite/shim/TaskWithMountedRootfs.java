package io.carafe.conformance.suite.shim;

import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Task;

/** A task whose root file system is to be mounted by the shim. */
final class TaskWithMountedRootfs {

    private TaskWithMountedRootfs() {
    }

    static Task task(Shim shim) {
        Task task = shim.task("one");
        String layer = shim.sandbox().work() + "/layer";
        shim.sandbox().sh("mv " + task.rootfs() + " " + layer + " && mkdir " + task.rootfs());
        return task.rootfs("bind", layer, "rbind", "rw");
    }
}
