package io.carafe.linux.door;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.carafe.linux.Kernel;

/**
 * The door on the JVM: JNA's direct mapping of syscall(2).
 *
 * <p>For tests, the conformance suite and a fast edit–run loop. The JVM has many threads, so calls that act on one thread
 * (setns, unshare, capset) act on the calling one only, and nothing may fork here.
 */
final class JnaKernel implements Kernel {

    static {
        Native.register(JnaKernel.class, "c");
    }

    private static native long syscall(long nr, long a, long b, long c, long d, long e, long f) throws LastErrorException;

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        try {
            return syscall(nr, a, b, c, d, e, f);
        } catch (LastErrorException failed) {
            return -failed.getErrorCode();
        }
    }

    @Override
    public long environ() {
        return Pointer.nativeValue(NativeLibrary.getInstance("c").getGlobalVariableAddress("environ").getPointer(0));
    }

    @Override
    public long allocate(long bytes) {
        long address = Native.malloc(bytes);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + bytes + " bytes");
        }
        return address;
    }

    @Override
    public void free(long address) {
        Native.free(address);
    }

    @Override
    public byte getByte(long address) {
        return at(address).getByte(0);
    }

    @Override
    public void putByte(long address, byte value) {
        at(address).setByte(0, value);
    }

    @Override
    public int getInt(long address) {
        return at(address).getInt(0);
    }

    @Override
    public void putInt(long address, int value) {
        at(address).setInt(0, value);
    }

    @Override
    public long getLong(long address) {
        return at(address).getLong(0);
    }

    @Override
    public void putLong(long address, long value) {
        at(address).setLong(0, value);
    }

    @Override
    public void get(long address, byte[] into, int offset, int length) {
        at(address).read(0, into, offset, length);
    }

    @Override
    public void put(long address, byte[] from, int offset, int length) {
        at(address).write(0, from, offset, length);
    }

    private static Pointer at(long address) {
        return new Pointer(address);
    }
}
