package io.carafe.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A stack of memory outside the Java heap, for the arguments of calls.
 *
 * <p>A {@link Frame} is opened around a call; what was pushed in it is gone when it closes. Frames nest. Most arguments are a
 * path and a small struct, so one block of {@value #BLOCK} bytes serves; what does not fit gets a block of its own until the
 * frame closes.
 */
public final class Memory {

    private static final int BLOCK = 64 * 1024;
    private static final int ALIGNMENT = 8;
    /** What stands for bytes that are no UTF-8. */

    private final Kernel kernel;
    private final List<Long> oversized = new ArrayList<>(0);
    private long block;
    private long top;

    public Memory(Kernel kernel) {
        this.kernel = kernel;
    }

    public Frame frame() {
        return new Frame();
    }

    /** A C string. */
    public String text(long address) {
        int length = 0;
        while (kernel.getByte(address + length) != 0) {
            length++;
        }
        return text(address, length);
    }

    /** Some bytes as a text. */
    public String text(long address, int length) {
        return new String(bytes(address, length), StandardCharsets.UTF_8);
    }

    private byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        kernel.get(address, bytes, 0, length);
        return bytes;
    }

    /** A C string that may be anything: see {@link #name(long, int)}. */
    public String name(long address) {
        int length = 0;
        while (kernel.getByte(address + length) != 0) {
            length++;
        }
        return name(address, length);
    }

    /**
     * The name of a file, which need not be UTF-8. A byte that is none comes as a lone surrogate, U+DC80 to U+DCFF, and
     * {@link Frame#string} gives it back: what is listed can be opened and removed.
     */
    public String name(long address, int length) {
        return FileNames.decode(bytes(address, length));
    }

    /** The part of the stack that was pushed since {@link Memory#frame}. Addresses are not valid after {@link #close}. */
    public final class Frame implements AutoCloseable {

        private final long mark = top;
        private final int oversizedMark = oversized.size();

        private Frame() {
        }

        /** Memory that is not zeroed. */
        public long raw(long bytes) {
            if (block == 0) {
                block = kernel.allocate(BLOCK);
            }
            long size = (bytes + ALIGNMENT - 1) & -ALIGNMENT;
            if (top + size > BLOCK) {
                long own = kernel.allocate(size);
                oversized.add(own);
                return own;
            }
            long address = block + top;
            top += size;
            return address;
        }

        /** Zeroed memory, as a struct wants it whose later fields a newer kernel may read. */
        public long zeroed(int bytes) {
            long address = raw(bytes);
            for (long at = 0; at < bytes; at += ALIGNMENT) {
                kernel.putLong(address + at, 0);
            }
            return address;
        }

        /** A C string. The text must not contain NUL; readers of foreign texts refuse NUL. */
        public long string(String text) {
            byte[] utf8 = FileNames.encode(text);
            long address = raw(utf8.length + 1L);
            kernel.put(address, utf8, 0, utf8.length);
            kernel.putByte(address + utf8.length, (byte) 0);
            return address;
        }

        public long bytes(byte[] content) {
            long address = raw(content.length);
            kernel.put(address, content, 0, content.length);
            return address;
        }

        /** A NULL-terminated array of C strings, as execve(2) takes. */
        public long strings(List<String> texts) {
            long array = raw((texts.size() + 1L) * Long.BYTES);
            long at = array;
            for (String text : texts) {
                kernel.putLong(at, string(text));
                at += Long.BYTES;
            }
            kernel.putLong(at, 0);
            return array;
        }

        @Override
        public void close() {
            top = mark;
            for (int last = oversized.size() - 1; last >= oversizedMark; last--) {
                kernel.free(oversized.remove(last));
            }
        }
    }
}
