package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.spec.linux.IdMapping;
import java.util.List;

/**
 * The ids of a new user namespace, written by the parent (user_namespaces(7)).
 *
 * @param denySetgroups what an ordinary user must write before its gid_map (Linux 3.19)
 */
public record IdMaps(List<IdMapping> uids, List<IdMapping> gids, boolean denySetgroups) {

    private static final String HINT =
            "an ordinary user may map its own id only, one line of size 1; more would need newuidmap(1), which carafe does not call yet";

    /** Writes both maps of a child that waits for them. */
    void write(Linux linux, int pid) {
        String proc = "/proc/" + pid + "/";
        write(linux, proc + "uid_map", uids);
        if (denySetgroups) {
            linux.files.writeText(Fd.CWD, proc + "setgroups", "deny");
        }
        write(linux, proc + "gid_map", gids);
    }

    private static void write(Linux linux, String file, List<IdMapping> mappings) {
        StringBuilder lines = new StringBuilder();
        for (IdMapping mapping : mappings) {
            lines.append(mapping.containerID()).append(' ').append(mapping.hostID()).append(' ').append(mapping.size()).append('\n');
        }
        try {
            linux.files.writeText(Fd.CWD, file, lines.toString());
        } catch (KernelException e) {
            throw e.hint(Errno.EPERM, HINT).hint(Errno.EINVAL, "ranges must not overlap, and must be mapped in the caller's namespace");
        }
    }
}
