package io.carafe.linux;

import io.carafe.linux.abi.Sys;
import java.util.EnumSet;
import java.util.Set;

/**
 * Remembers which of the newer calls the kernel lacks; each has an older way beside it. The first failing answer of a call tells it, so
 * nothing is probed.
 *
 * <p>ENOSYS comes from an older kernel, or from a seccomp filter around this process. Filters also answer EPERM to calls that are newer than
 * they are (docker before 20.10.10, libseccomp before 2.4.4). If EPERM is the real answer, the older way fails with it, too.
 */
public final class AbsentCalls {

    private final Kernel kernel;
    private final Set<Sys> absent = EnumSet.noneOf(Sys.class);

    public AbsentCalls(Kernel kernel) {
        this.kernel = kernel;
    }

    /** As {@link Kernel#call}. @return ENOSYS without a call if the call is known to be absent */
    public long call(Sys call, long a, long b, long c, long d, long e) {
        if (absent.contains(call)) {
            return -Errno.ENOSYS.number;
        }
        long result = kernel.call(call.nr, a, b, c, d, e);
        if (result == -Errno.ENOSYS.number) {
            absent.add(call);
        }
        return result;
    }

    /** Whether the older way is to be tried. */
    public static boolean isAbsent(long result) {
        return result == -Errno.ENOSYS.number || result == -Errno.EPERM.number;
    }
}
