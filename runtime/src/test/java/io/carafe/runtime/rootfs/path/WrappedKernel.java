package io.carafe.runtime.rootfs.path;

import io.carafe.linux.Kernel;

/** The real kernel, with something in front of it for a test. */
public abstract class WrappedKernel implements Kernel {

    protected final Kernel kernel;

    protected WrappedKernel(Kernel kernel) {
        this.kernel = kernel;
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
