package io.carafe.shim.stat;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.Hierarchies;
import java.util.Optional;

/** Where a process is. */
public final class CgroupsOf {

    private CgroupsOf() {
    }

    /** @return empty where it has ended */
    public static Optional<CgroupPaths> process(Linux linux, int pid) {
        return linux.files.readIfPresent(Fd.CWD, "/proc/" + pid + "/cgroup")
                .map(text -> Hierarchies.probe(linux, false).pathsOf(ProcessCgroup.parse(text)));
    }
}
