package io.carafe.shim.sandbox;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.Hierarchies;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import java.util.ArrayList;
import java.util.List;

/**
 * The pod's cgroup, which the kubelet makes, as it has made it before there is a sandbox.
 *
 * @param path below each hierarchy; empty: none is known
 * @param isSystemd whether it is a slice of systemd's
 */
record PodCgroup(String path, boolean isSystemd) {

    /** @param parent {@code linux.cgroup_parent}: a path, or the name of a slice, maybe with a path before it */
    static PodCgroup of(String parent) {
        if (parent.endsWith(".slice")) {
            return new PodCgroup(ScopePlan.expanded(parent.substring(parent.lastIndexOf('/') + 1)), true);
        }
        if (AbsolutePath.ascends(parent)) {
            throw new IllegalArgumentException("linux.cgroup_parent: expected a path without \"..\", found \"" + parent + '"');
        }
        return new PodCgroup(parent.isEmpty() || parent.startsWith("/") ? parent : "/" + parent, false);
    }

    /** Where it is in each hierarchy of the host. */
    CgroupPaths paths(Linux linux) {
        if (path.isEmpty()) {
            throw new CallException(Code.FAILED_PRECONDITION, "the sandbox has no metrics, as linux.cgroup_parent names no cgroup of the pod");
        }
        List<ProcessCgroup> there = new ArrayList<>();
        for (ProcessCgroup own : ProcessCgroup.parse(linux.files.readText(Fd.CWD, "/proc/self/cgroup"))) {
            there.add(new ProcessCgroup(own.hierarchy(), own.controllers(), path));
        }
        return Hierarchies.probe(linux, false).pathsOf(there);
    }
}
