package io.carafe.shim.stat;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.shim.message.Any;

/** The counters of a cgroup, in the message that the host's layout has. */
public final class Metrics {

    private Metrics() {
    }

    /** In a hybrid the controllers are those of v1. @param pid of a process that is in the container's network */
    public static Any read(Linux linux, CgroupPaths paths, int pid) {
        String network = Network.text(linux, pid);
        return paths.v1With("memory").isPresent() || paths.v1With("cpu").isPresent() || paths.unified().isEmpty()
                ? MetricsV1.read(linux, paths, network) : MetricsV2.read(linux, paths, network);
    }
}
