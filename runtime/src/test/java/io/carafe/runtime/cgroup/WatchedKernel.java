package io.carafe.runtime.cgroup;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.door.ForwardingKernel;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The real kernel, watched: counts calls by name, knows the open descriptors, and fails the n-th call if asked to. */
final class WatchedKernel implements ForwardingKernel {

    private final Kernel kernel;
    private int untilFailure = -1;
    private Errno failure = Errno.EIO;
    String failed = "";
    final Map<String, Integer> calls = new TreeMap<>();
    final Set<Long> open = new TreeSet<>();
    int mostOpen;

    WatchedKernel(Kernel kernel) {
        this.kernel = kernel;
    }

    /** From now on the n-th call but for close, counted from 1, is not made and answers with an error; -1: none does. */
    void fail(int n, Errno errno) {
        untilFailure = n;
        failure = errno;
        if (n > 0) {
            failed = "";
        }
    }

    int count() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        calls.merge(Sys.name(nr), 1, Integer::sum);
        if (nr == Sys.CLOSE.nr) {
            open.remove(a);
        } else if (--untilFailure == 0) {
            failed = Sys.name(nr);
            return -failure.number;
        }
        long result = kernel.call(nr, a, b, c, d, e, f);
        if (result >= 0 && (nr == Sys.OPENAT.nr || nr == Sys.BPF.nr && a == 5)) {
            open.add(result);
            mostOpen = Math.max(mostOpen, open.size());
        }
        return result;
    }

    @Override
    public Kernel behind() {
        return kernel;
    }
}
