package io.carafe.linux.door;

import io.carafe.linux.Kernel;

/** A door in front of another: calls are looked at or changed, memory is the other's. */
public interface ForwardingKernel extends Kernel {

    Kernel behind();

    @Override
    default long environ() {
        return behind().environ();
    }

    @Override
    default long allocate(long bytes) {
        return behind().allocate(bytes);
    }

    @Override
    default void free(long address) {
        behind().free(address);
    }

    @Override
    default void named(String process) {
        behind().named(process);
    }

    @Override
    default byte getByte(long address) {
        return behind().getByte(address);
    }

    @Override
    default void putByte(long address, byte value) {
        behind().putByte(address, value);
    }

    @Override
    default int getInt(long address) {
        return behind().getInt(address);
    }

    @Override
    default void putInt(long address, int value) {
        behind().putInt(address, value);
    }

    @Override
    default long getLong(long address) {
        return behind().getLong(address);
    }

    @Override
    default void putLong(long address, long value) {
        behind().putLong(address, value);
    }

    @Override
    default void get(long address, byte[] into, int offset, int length) {
        behind().get(address, into, offset, length);
    }

    @Override
    default void put(long address, byte[] from, int offset, int length) {
        behind().put(address, from, offset, length);
    }
}
