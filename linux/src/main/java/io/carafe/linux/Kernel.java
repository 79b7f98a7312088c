package io.carafe.linux;

/**
 * The one door to the kernel: system calls by number, and the memory that their arguments point to.
 *
 * <p>Everything above it is plain Java. {@code linux.door} has the two implementations, in an image and on the JVM; a test may
 * put another in front that counts, fails or traces calls.
 */
public interface Kernel {

    /**
     * syscall(2).
     *
     * @param nr of {@link io.carafe.linux.abi.Sys}
     * @return what the call returned, or {@code -errno}
     */
    long call(int nr, long a, long b, long c, long d, long e, long f);

    /** environ(7): the address of an array of pointers to {@code name=value}, with a null pointer at its end. */
    long environ();

    /** malloc(3): not zeroed; never 0, an exhausted heap is an {@link OutOfMemoryError}. */
    long allocate(long bytes);

    /** free(3). */
    void free(long address);

    byte getByte(long address);

    void putByte(long address, byte value);

    int getInt(long address);

    void putInt(long address, int value);

    long getLong(long address);

    void putLong(long address, long value);

    /** Copies memory into an array. */
    void get(long address, byte[] into, int offset, int length);

    /** Copies an array into memory. */
    void put(long address, byte[] from, int offset, int length);

    /** What this process is, for a door that writes down who does what: said by a child when it begins. */
    default void named(String process) {
    }

    default long call(int nr) {
        return call(nr, 0, 0, 0, 0, 0, 0);
    }

    default long call(int nr, long a) {
        return call(nr, a, 0, 0, 0, 0, 0);
    }

    default long call(int nr, long a, long b) {
        return call(nr, a, b, 0, 0, 0, 0);
    }

    default long call(int nr, long a, long b, long c) {
        return call(nr, a, b, c, 0, 0, 0);
    }

    default long call(int nr, long a, long b, long c, long d) {
        return call(nr, a, b, c, d, 0, 0);
    }

    default long call(int nr, long a, long b, long c, long d, long e) {
        return call(nr, a, b, c, d, e, 0);
    }
}
