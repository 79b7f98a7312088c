package io.carafe.runtime.rootfs.path;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Sys;
import java.util.HashSet;
import java.util.Set;

/** The kernel, of which some calls are not there yet: they answer ENOSYS, as an older one would. */
public final class WithoutCalls extends WrappedKernel {

    private final Set<Integer> missing = new HashSet<>();

    public WithoutCalls(Kernel kernel, Sys... missing) {
        super(kernel);
        for (Sys call : missing) {
            this.missing.add(call.nr);
        }
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        return missing.contains(nr) ? -Errno.ENOSYS.number : kernel.call(nr, a, b, c, d, e, f);
    }
}
