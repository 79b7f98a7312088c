package io.carafe.linux.proc;

import io.carafe.linux.FileNames;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments and the environment of execve(2), where the kernel put them: at the top of the stack.
 *
 * <pre>
 *   argc | argv[0] … argv[argc-1] | 0 | environ[0] … | 0 | …          pointers
 *   the words of argv | those of environ                              strings, without a gap
 * </pre>
 *
 * <p>/proc/PID/cmdline and /proc/PID/environ show them, whatever the process has made of them. System.getenv would leave a copy of all of
 * them on the heap.
 */
public final class CallerStrings {

    private static final int POINTER = Long.BYTES;
    private static final int CHUNK = 4096;

    private final Kernel kernel;

    private CallerStrings(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Makes no call. */
    public static CallerStrings of(Kernel kernel) {
        return new CallerStrings(kernel);
    }

    /**
     * The arguments, without the program's name. A byte that is no UTF-8 is decoded as in {@link Memory#name(long)}: the JVM would
     * have put a question mark in its place.
     *
     * <p>In an image only, as {@link #wipe}.
     */
    public String[] arguments() {
        Memory memory = new Memory(kernel);
        List<String> words = new ArrayList<>();
        for (long at = argv() + POINTER; kernel.getLong(at) != 0; at += POINTER) {
            words.add(memory.name(kernel.getLong(at)));
        }
        return words.toArray(String[]::new);
    }

    private long argv() {
        long argv = kernel.environ() - 2 * POINTER;
        // argc stands before argv[0]; no pointer is as small a number.
        for (long count = 0; kernel.getLong(argv) != count; count++) {
            argv -= POINTER;
        }
        return argv + POINTER;
    }

    /** getenv(3). */
    public Optional<String> variable(String name) {
        byte[] start = (name + "=").getBytes(StandardCharsets.UTF_8);
        for (long at = kernel.environ(); kernel.getLong(at) != 0; at += POINTER) {
            long entry = kernel.getLong(at);
            if (startsWith(entry, start)) {
                return Optional.of(string(entry + start.length));
            }
        }
        return Optional.empty();
    }

    /** All variables, as {@code name=value}, in their order; bytes that are no UTF-8 as {@link FileNames} has them. */
    public List<String> environment() {
        List<String> entries = new ArrayList<>();
        for (long at = kernel.environ(); kernel.getLong(at) != 0; at += POINTER) {
            entries.add(string(kernel.getLong(at)));
        }
        return entries;
    }

    /**
     * Overwrites all of them with zeros. There is no way back, and no variable after that.
     *
     * <p>In an image only: a JVM's launcher may have moved environ.
     */
    public void wipe() {
        long environ = kernel.environ();
        long argv = argv();
        long start = kernel.getLong(argv);
        if (start == 0) {
            start = kernel.getLong(environ); // nobody but the kernel before Linux 5.18 starts a program without a name
        }
        long last = start;
        for (long at = argv; at < environ - POINTER; at += POINTER) {
            last = kernel.getLong(at);
        }
        for (long at = environ; kernel.getLong(at) != 0; at += POINTER) {
            last = kernel.getLong(at);
        }
        if (last != 0) {
            zero(start, last + length(last));
            kernel.putLong(environ, 0);
        }
    }

    private void zero(long from, long to) {
        byte[] zeros = new byte[(int) Math.min(CHUNK, to - from)];
        for (long at = from; at < to; at += zeros.length) {
            kernel.put(at, zeros, 0, (int) Math.min(zeros.length, to - at));
        }
    }

    private boolean startsWith(long entry, byte[] start) {
        for (int i = 0; i < start.length; i++) {
            if (kernel.getByte(entry + i) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private String string(long at) {
        byte[] bytes = new byte[length(at)];
        kernel.get(at, bytes, 0, bytes.length);
        return FileNames.decode(bytes);
    }

    private int length(long at) {
        int length = 0;
        while (kernel.getByte(at + length) != 0) {
            length++;
        }
        return length;
    }
}
