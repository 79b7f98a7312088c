package io.carafe.linux.door;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Struct.CloneArgs;
import io.carafe.linux.abi.Sys;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A door to an older kernel: calls that it does not have are ENOSYS, and flags that it does not know are what it makes of them. */
public final class OldKernel implements ForwardingKernel {

    private static final List<Sys> OF_5_12 = List.of(Sys.MOUNT_SETATTR);
    private static final List<Sys> OF_5_9 = List.of(Sys.CLOSE_RANGE);
    private static final List<Sys> OF_5_8 = List.of(Sys.FACCESSAT2);
    private static final List<Sys> OF_5_6 = List.of(Sys.OPENAT2, Sys.PIDFD_GETFD);
    private static final List<Sys> OF_5_3 = List.of(Sys.PIDFD_OPEN, Sys.CLONE3);
    private static final List<Sys> OF_5_2 = List.of(Sys.OPEN_TREE, Sys.MOVE_MOUNT, Sys.FSOPEN, Sys.FSCONFIG, Sys.FSMOUNT, Sys.PIDFD_SEND_SIGNAL);

    /** What each version lacks. */
    public static final Map<String, List<List<Sys>>> VERSIONS = Map.of(
            "4.18", List.of(OF_5_12, OF_5_9, OF_5_8, OF_5_6, OF_5_3, OF_5_2),
            "5.4", List.of(OF_5_12, OF_5_9, OF_5_8, OF_5_6),
            "5.10", List.of(OF_5_12));

    private final Kernel behind;
    private final Set<Sys> absent;

    /** @param version a key of {@link #VERSIONS} */
    public OldKernel(Kernel behind, String version) {
        this.behind = behind;
        this.absent = EnumSet.noneOf(Sys.class);
        VERSIONS.get(version).forEach(absent::addAll);
    }

    @Override
    public Kernel behind() {
        return behind;
    }

    private boolean lacks(int nr) {
        for (Sys call : absent) {
            if (call.nr == nr) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        if (lacks(nr)) {
            return -Errno.ENOSYS.number;
        }
        if (nr == Sys.CLONE.nr && lacks(Sys.PIDFD_SEND_SIGNAL.nr)) { // CLONE_PIDFD is of Linux 5.2: the bit meant nothing before
            return behind.call(nr, a & ~ProcessFlags.CLONE_PIDFD, b, c, d, e, f);
        }
        if (nr == Sys.CLONE3.nr && lacks(Sys.CLOSE_RANGE.nr) && getLong(a + CloneArgs.CGROUP) != 0) { // the field is of Linux 5.7
            return -Errno.E2BIG.number;
        }
        if (nr == Sys.CLOSE_RANGE.nr && lacks(Sys.MOUNT_SETATTR.nr) && c != 0) { // CLOSE_RANGE_CLOEXEC is of Linux 5.11
            return -Errno.EINVAL.number;
        }
        return behind.call(nr, a, b, c, d, e, f);
    }
}
