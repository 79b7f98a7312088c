package io.carafe.linux.door;

import io.carafe.linux.Kernel;
import java.lang.reflect.Field;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.function.CFunction.Transition;
import org.graalvm.nativeimage.c.type.CIntPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;
import org.graalvm.word.WordFactory;
import sun.misc.Unsafe;

/**
 * The door inside an image: plain calls of the C library.
 *
 * <p>NO_TRANSITION, so no safepoint is polled around a call. That is right only because the image has one thread: a collection
 * can never wait for a thread that sits in a call, and the child of clone3(2) has no lock to inherit.
 */
final class ImageKernel implements Kernel {

    /** For copies in bulk: byte by byte, a config.json takes as long to copy as to parse. */
    private static final Unsafe UNSAFE = unsafe();

    @CFunction(value = "syscall", transition = Transition.NO_TRANSITION)
    private static native long syscall(long nr, long a, long b, long c, long d, long e, long f);

    @CFunction(value = "__errno_location", transition = Transition.NO_TRANSITION)
    private static native CIntPointer errnoLocation();

    /** Of toolchain/image.c: the variable itself is out of reach. */
    @CFunction(value = "carafe_environ", transition = Transition.NO_TRANSITION)
    private static native PointerBase environPointer();

    @CFunction(value = "malloc", transition = Transition.NO_TRANSITION)
    private static native PointerBase malloc(UnsignedWord bytes);

    @CFunction(value = "free", transition = Transition.NO_TRANSITION)
    private static native void release(PointerBase address);

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        long result = syscall(nr, a, b, c, d, e, f);
        return result == -1 ? -errnoLocation().read() : result;
    }

    @Override
    public long environ() {
        return environPointer().rawValue();
    }

    @Override
    public long allocate(long bytes) {
        long address = malloc(WordFactory.unsigned(bytes)).rawValue();
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + bytes + " bytes");
        }
        return address;
    }

    @Override
    public void free(long address) {
        release(WordFactory.pointer(address));
    }

    @Override
    public byte getByte(long address) {
        return at(address).readByte(0);
    }

    @Override
    public void putByte(long address, byte value) {
        at(address).writeByte(0, value);
    }

    @Override
    public int getInt(long address) {
        return at(address).readInt(0);
    }

    @Override
    public void putInt(long address, int value) {
        at(address).writeInt(0, value);
    }

    @Override
    public long getLong(long address) {
        return at(address).readLong(0);
    }

    @Override
    public void putLong(long address, long value) {
        at(address).writeLong(0, value);
    }

    @Override
    public void get(long address, byte[] into, int offset, int length) {
        UNSAFE.copyMemory(null, address, into, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, length);
    }

    @Override
    public void put(long address, byte[] from, int offset, int length) {
        UNSAFE.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET + (long) offset, null, address, length);
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static Pointer at(long address) {
        return WordFactory.pointer(address);
    }
}
