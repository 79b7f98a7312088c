package io.carafe.runtime.container.resources;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.Container;
import io.carafe.spec.state.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of a container, by the pids that the caller sees. */
public final class Processes {

    private final Linux linux;
    private final String root;

    public Processes(Linux linux, String root) {
        this.linux = linux;
        this.root = root;
    }

    /** In ascending order; none of a container that has stopped and left nobody. */
    public List<Integer> of(String id) {
        return of(Container.load(linux, root, id));
    }

    /** The same of a container that was looked at already. */
    List<Integer> of(Container container) {
        List<Integer> pids;
        if (!container.state().cgroups().isEmpty()) {
            pids = new ArrayList<>(container.cgroup(linux).pids());
        } else if (container.status() == Status.STOPPED) {
            pids = new ArrayList<>();
        } else {
            // An ordinary user's container may have no cgroup: then its pid namespace tells.
            pids = (container.state().namespaces() & ProcessFlags.CLONE_NEWPID) == 0 ? new ArrayList<>(List.of(container.state().pid()))
                    : inPidNamespaceOf(container.state().pid());
        }
        pids.sort(null);
        return pids;
    }

    private List<Integer> inPidNamespaceOf(int init) {
        List<Integer> pids = new ArrayList<>();
        Optional<String> namespace = pidNamespace(Integer.toString(init));
        for (String name : linux.files.list(Fd.CWD, "/proc")) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9' && namespace.isPresent() && pidNamespace(name).equals(namespace)) {
                pids.add(Integer.parseInt(name));
            }
        }
        return pids;
    }

    /** @return empty for a process that has gone, or that is somebody else's */
    private Optional<String> pidNamespace(String pid) {
        try {
            return Optional.of(linux.paths.readlinkat(Fd.CWD, "/proc/" + pid + "/ns/pid"));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH) && !e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
