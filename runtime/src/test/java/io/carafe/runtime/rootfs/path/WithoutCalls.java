package io.carafe.runtime.rootfs.path;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Sys;
import java.util.Set;

/** The kernel, of which some calls are not there yet: they answer ENOSYS, as an older one would. */
public final class WithoutCalls implements Kernel {

    private final Kernel kernel;
    private final Set<Integer> missing = new java.util.HashSet<>();

    public WithoutCalls(Kernel kernel, Sys... missing) {
        this.kernel = kernel;
        for (Sys call : missing) {
            this.missing.add(call.nr);
        }
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        return missing.contains(nr) ? -Errno.ENOSYS.number : kernel.call(nr, a, b, c, d, e, f);
    }

    @Override
    public long allocate(long bytes) {
        return kernel.allocate(bytes);
    }

    @Override
    public void free(long address) {
        kernel.free(address);
    }

    @Override
    public byte getByte(long address) {
        return kernel.getByte(address);
    }

    @Override
    public void putByte(long address, byte value) {
        kernel.putByte(address, value);
    }

    @Override
    public int getInt(long address) {
        return kernel.getInt(address);
    }

    @Override
    public void putInt(long address, int value) {
        kernel.putInt(address, value);
    }

    @Override
    public long getLong(long address) {
        return kernel.getLong(address);
    }

    @Override
    public void putLong(long address, long value) {
        kernel.putLong(address, value);
    }

    @Override
    public void get(long address, byte[] into, int offset, int length) {
        kernel.get(address, into, offset, length);
    }

    @Override
    public void put(long address, byte[] from, int offset, int length) {
        kernel.put(address, from, offset, length);
    }
}
