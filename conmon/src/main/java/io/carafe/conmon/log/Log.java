package io.carafe.conmon.log;

/** One of the places where output goes. */
interface Log extends AutoCloseable {

    /** What one read(2) has brought, as it is: whole lines, and perhaps the beginning or the rest of one. */
    void write(Origin origin, byte[] bytes, int start, int count);

    /** Nothing more will come: what was kept back is written. */
    default void end() {
    }

    /** Somebody has renamed the file, and wants it anew. */
    default void reopen() {
    }

    /** Waits until it is on the disk. */
    default void sync() {
    }

    @Override
    void close();
}
