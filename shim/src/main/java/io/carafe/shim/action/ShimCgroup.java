package io.carafe.shim.action;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.Hierarchies;
import java.util.ArrayList;
import java.util.List;

/** {@code shim_cgroup} of the options: a cgroup of the host's, which is there already, for the shim itself. */
final class ShimCgroup {

    private ShimCgroup() {
    }

    /**
     * Moves a process, in each hierarchy that has such a cgroup.
     *
     * @param path from the root of the hierarchies
     * @throws IllegalArgumentException none has
     */
    static void join(Linux linux, String path, int pid) {
        String absolute = path.startsWith("/") ? path : "/" + path;
        List<ProcessCgroup> wanted = new ArrayList<>();
        for (ProcessCgroup own : ProcessCgroup.parse(linux.files.readText(Fd.CWD, "/proc/self/cgroup"))) {
            wanted.add(new ProcessCgroup(own.hierarchy(), own.controllers(), absolute));
        }
        boolean joined = false;
        for (String directory : Hierarchies.probe(linux, false).pathsOf(wanted).byLabel().values()) {
            try {
                linux.files.writeText(Fd.CWD, directory + "/cgroup.procs", Integer.toString(pid));
                joined = true;
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e.during("shim_cgroup");
                }
            }
        }
        if (!joined) {
            throw new IllegalArgumentException("shim_cgroup: expected a cgroup that is there, found " + path);
        }
    }
}
