package io.carafe.runtime.cgroup.limit;

/**
 * The cpu.weight of cgroup v2 for cpu.shares of v1.
 *
 * <p>Shares go from 2 to 262144 with 1024 in the middle, weights from 1 to 10000 with 100: the exponent of the weight is the
 * parabola in log2 of the shares through these three points. It keeps the middle in the middle, which a straight line does not.
 */
final class CpuWeight {

    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MAX_WEIGHT = 10_000;

    private CpuWeight() {
    }

    /** @param shares unsigned, as the specification has them */
    static long of(long shares) {
        if (Long.compareUnsigned(shares, MIN_SHARES) <= 0) {
            return 1;
        }
        if (Long.compareUnsigned(shares, MAX_SHARES) >= 0) {
            return MAX_WEIGHT;
        }
        double log2 = Math.log(shares) / Math.log(2);
        double exponent = (log2 * log2 + 125 * log2) / 612.0 - 7.0 / 34.0;
        return (long) Math.ceil(Math.pow(10, exponent));
    }
}
