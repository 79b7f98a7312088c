package io.carafe.runtime.init.namespace;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.IdMap;
import io.carafe.runtime.init.namespace.IdMaps.Side;
import io.carafe.runtime.init.namespace.IdMaps.Writer;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.IdMapping;
import java.util.ArrayList;
import java.util.List;

/** uid_map and gid_map of a process in a new user namespace, which waits for them; written once, by its parent. */
public final class IdMapFiles {

    private static final String UID_MAP = "uid_map";
    private static final String GID_MAP = "gid_map";
    /** The smallest page there is: the kernel takes less than one (user_namespaces(7)). */
    private static final int PAGE = 4096;

    private final Linux linux;

    public IdMapFiles(Linux linux) {
        this.linux = linux;
    }

    /** Both, each by who may. */
    public void write(IdMaps maps, int pid) {
        write(maps.uids(), pid, UID_MAP, "newuidmap");
        if (maps.gids().writer() == Writer.OWN_ID) {
            // Only here: with newgidmap(1) setgroups(2) is to stay allowed, and once denied it is so for good.
            linux.files.writeText(Fd.CWD, "/proc/" + pid + "/setgroups", "deny");
        }
        write(maps.gids(), pid, GID_MAP, "newgidmap");
    }

    private void write(Side side, int pid, String file, String program) {
        if (side.writer() == Writer.PROGRAM) {
            new IdMapProgram(linux, program).run(side, pid);
            return;
        }
        StringBuilder lines = new StringBuilder();
        for (IdMapping range : side.ranges()) {
            lines.append(range.containerID()).append(' ').append(range.hostID()).append(' ').append(range.size()).append('\n');
        }
        try {
            linux.files.writeText(Fd.CWD, "/proc/" + pid + "/" + file, lines.toString());
        } catch (KernelException e) {
            throw e.as("write " + side.property() + " to /proc/" + pid + "/" + file)
                    .hint(Errno.EPERM, refused(side, file))
                    .hint(Errno.EINVAL, lines.length() < PAGE ? "this kernel takes fewer ranges"
                            : "the kernel takes less than a page of text, and these ranges are " + lines.length() + " bytes");
        }
    }

    /** Which range the kernel does not let us map: one that is not ours to give on. */
    private String refused(Side side, String file) {
        List<IdMap> own = IdMap.parse(linux.files.readText(Fd.CWD, "/proc/self/" + file));
        for (int i = 0; i < side.ranges().size(); i++) {
            IdMapping range = side.ranges().get(i);
            boolean covered = false;
            for (IdMap map : own) {
                covered |= range.hostID() >= map.inside() && range.hostID() + range.size() <= map.inside() + map.count();
            }
            if (!covered) {
                return side.property() + "[" + i + "] " + IdMaps.text(range) + ": these host ids are not there in the caller's user namespace";
            }
        }
        return "it needs CAP_SETUID and CAP_SETGID, and for id 0 of the host CAP_SETFCAP (Linux 5.12)";
    }

    /** A joined user namespace has the maps that it has; a document that says others means another one. */
    public void require(IdMaps maps, int pid) {
        require(maps.uids(), pid, UID_MAP);
        require(maps.gids(), pid, GID_MAP);
    }

    private void require(Side side, int pid, String file) {
        List<IdMap> wanted = new ArrayList<>();
        for (IdMapping range : side.ranges()) {
            wanted.add(new IdMap(range.containerID(), range.hostID(), range.size()));
        }
        List<IdMap> found = IdMap.parse(linux.files.readText(Fd.CWD, "/proc/" + pid + "/" + file));
        if (!found.containsAll(wanted) || !wanted.containsAll(found)) {
            StringBuilder maps = new StringBuilder();
            for (IdMap map : found) {
                maps.append(maps.length() == 0 ? "" : ", ").append(map.inside()).append(':').append(map.outside()).append(':').append(map.count());
            }
            throw new SpecException(side.property(), "expected the maps of the user namespace that is joined, or none; it has " + maps);
        }
    }
}
