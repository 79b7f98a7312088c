package io.carafe.runtime.init.namespace;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import java.util.List;

/** Who has just entered a user namespace becomes its root: until then it is nobody there, and owns nothing that it makes. */
public final class UserNamespaceRoot {

    private static final int ROOT = 0;

    private UserNamespaceRoot() {
    }

    /** Root, or the first id where the maps have no 0. @param keepsGroups whether the caller's supplementary groups stay */
    public static void become(Linux linux, IdMaps maps, boolean keepsGroups) {
        become(linux, maps.uids().first(), maps.gids().first(), keepsGroups);
    }

    /** Root, of a namespace that somebody else made: one that maps no 0 leaves nobody, with every capability all the same. */
    public static void become(Linux linux, boolean keepsGroups) {
        try {
            become(linux, ROOT, ROOT, keepsGroups);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
        }
    }

    private static void become(Linux linux, int uid, int gid, boolean keepsGroups) {
        linux.processes.keepingDumpable(() -> {
            linux.credentials.setgid(gid);
            linux.credentials.setuid(uid);
        });
        if (!keepsGroups) {
            dropGroups(linux);
        }
        // Again: a uid change clears it (prctl(2)). The parent may have died meanwhile; then the socket has ended, and READY fails.
        linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
    }

    private static void dropGroups(Linux linux) {
        try {
            linux.credentials.setgroups(List.of());
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) { // an ordinary user has denied setgroups(2) to be allowed a gid_map
                throw e;
            }
        }
    }
}
