package io.carafe.linux;

import io.carafe.linux.abi.Sys;
import java.util.EnumSet;
import java.util.Set;

/**
 * The newer calls that have an older way beside them. Which of them are not there is learnt from their own first answer: nothing is asked for
 * that is not needed, and a kernel that has them all is asked nothing more.
 *
 * <p>ENOSYS is an older kernel, or a seccomp filter around this process. EPERM is the answer of filters to calls that are newer than they are
 * (docker before 20.10.10, libseccomp before 2.4.4); it may be meant, too, and then the older way gets it as well, which is what is told.
 */
public final class AbsentCalls {

    private final Kernel kernel;
    private final Set<Sys> absent = EnumSet.noneOf(Sys.class);

    public AbsentCalls(Kernel kernel) {
        this.kernel = kernel;
    }

    /** As {@link Kernel#call}. @return ENOSYS without asking, where that is known */
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
