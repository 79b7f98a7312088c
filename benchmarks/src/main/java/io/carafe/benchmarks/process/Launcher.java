package io.carafe.benchmarks.process;

import com.sun.jna.Native;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts programs one at a time and awaits them. Every program gets the same: /dev/null to read, a file for each of its outputs,
 * no other descriptor, no blocked or ignored signal, 1024 descriptors as its soft limit (a JVM raises its own), a PATH.
 *
 * <p>This process becomes a child subreaper (prctl(2)), so that what a program leaves behind can be awaited here.
 */
public final class Launcher {

    private static final long SOFT_DESCRIPTORS = 1024;
    private static final int FILE_MODE = 0600;
    /** The program waits at a FIFO until the shell has ended: a shell that is still there may reap it. */
    private static final String DETOUR = "gate=$1; shift; (: <\"$gate\"; exec \"$@\" >/dev/null) & echo $!";

    private final Kernel kernel = Door.open();
    private final Linux linux = Linux.over(kernel);
    private final Memory memory = new Memory(kernel);
    private final List<String> environment = new ArrayList<>();
    private final Path out;
    private final Path err;
    private final Path gate;
    private final long actions = kernel.allocate(LibC.OPAQUE);
    private final long attributes = kernel.allocate(LibC.OPAQUE);
    private final long pid = kernel.allocate(Integer.BYTES);
    private final long status = kernel.allocate(Integer.BYTES);
    private final long usage = kernel.allocate(LibC.RUSAGE);

    /** @param folder for the files that take the outputs, and a FIFO: out, err, gate */
    public Launcher(Path folder) {
        out = folder.resolve("out");
        err = folder.resolve("err");
        gate = folder.resolve("gate");
        environment.add("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        String runtimeDirectory = System.getenv("XDG_RUNTIME_DIR");
        if (runtimeDirectory != null) {
            environment.add("XDG_RUNTIME_DIR=" + runtimeDirectory);
        }
        if (!Files.exists(gate)) {
            linux.paths.mkfifoat(Fd.CWD, gate.toString(), FILE_MODE);
        }
        prepareSpawn();
        linux.processes.prctl(ProcessFlags.PR_SET_CHILD_SUBREAPER, 1, 0);
        linux.processes.setrlimit(ProcessFlags.RLIMIT_NOFILE, SOFT_DESCRIPTORS,
                linux.processes.getrlimit(ProcessFlags.RLIMIT_NOFILE).hard());
    }

    private void prepareSpawn() {
        try (Memory.Frame frame = memory.frame()) {
            check("posix_spawn_file_actions_init", LibC.posix_spawn_file_actions_init(actions));
            open(0, frame.string("/dev/null"), FileFlags.O_RDONLY);
            open(1, frame.string(out.toString()), FileFlags.O_WRONLY | FileFlags.O_CREAT | FileFlags.O_TRUNC);
            open(2, frame.string(err.toString()), FileFlags.O_WRONLY | FileFlags.O_CREAT | FileFlags.O_TRUNC);
            long signals = frame.raw(LibC.SIGSET);
            fill(signals, -1);
            check("posix_spawnattr_init", LibC.posix_spawnattr_init(attributes));
            check("posix_spawnattr_setflags", LibC.posix_spawnattr_setflags(attributes,
                    (short) (LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK)));
            check("posix_spawnattr_setsigdefault", LibC.posix_spawnattr_setsigdefault(attributes, signals));
            fill(signals, 0);
            check("posix_spawnattr_setsigmask", LibC.posix_spawnattr_setsigmask(attributes, signals));
        }
    }

    /** Not by sigfillset(3): glibc leaves out two signals of its own, which would then be ignored in the program. */
    private void fill(long signals, long bits) {
        for (int at = 0; at < LibC.SIGSET; at += Long.BYTES) {
            kernel.putLong(signals + at, bits);
        }
    }

    /** @param path copied by the C library */
    private void open(int fd, long path, int flags) {
        check("posix_spawn_file_actions_addopen", LibC.posix_spawn_file_actions_addopen(actions, fd, path, flags, FILE_MODE));
    }

    /** A variable that programs get from now on. */
    public void export(String name, String value) {
        environment.add(name + "=" + value);
    }

    /**
     * Runs a program to its end.
     *
     * @param command the program's path, then its arguments
     * @return nanoseconds from before posix_spawn(3) until wait4(2) has returned
     * @throws LaunchException when it cannot be started or does not exit with 0
     */
    public long time(List<String> command) {
        try (Memory.Frame frame = memory.frame()) {
            long path = frame.string(command.get(0));
            long argv = frame.strings(command);
            long envp = frame.strings(environment);
            linux.descriptors.closeOnExecFrom(3);
            long started = System.nanoTime();
            int failure = LibC.posix_spawn(pid, path, actions, attributes, argv, envp);
            if (failure == 0) {
                await(kernel.getInt(pid));
            }
            long nanos = System.nanoTime() - started;
            if (failure != 0) {
                throw new LaunchException(command, Errno.of(failure).name());
            }
            checkStatus(command);
            return nanos;
        }
    }

    /** Starts a program, which {@link #finish} awaits. @throws LaunchException when it cannot be started */
    public int start(List<String> command) {
        try (Memory.Frame frame = memory.frame()) {
            linux.descriptors.closeOnExecFrom(3);
            int failure = LibC.posix_spawn(pid, frame.string(command.get(0)), actions, attributes, frame.strings(command), frame.strings(environment));
            if (failure != 0) {
                throw new LaunchException(command, Errno.of(failure).name());
            }
            return kernel.getInt(pid);
        }
    }

    /** Awaits a program that was started. @throws LaunchException when it does not exit with 0 */
    public void finish(int process, List<String> command) {
        await(process);
        checkStatus(command);
    }

    /**
     * What many programs took.
     *
     * @param nanos from the first start to the last end
     * @param each in nanoseconds, sorted
     */
    public record Batch(long nanos, long[] each) {
    }

    /** Runs programs to their ends, some of them at once. @throws LaunchException as {@link #time} */
    public Batch timeAll(List<List<String>> commands, int atOnce) {
        Map<Integer, Integer> running = new HashMap<>();
        long[] starts = new long[commands.size()];
        long[] each = new long[commands.size()];
        int next = 0;
        long began = System.nanoTime();
        while (next < commands.size() || !running.isEmpty()) {
            while (next < commands.size() && running.size() < atOnce) {
                starts[next] = System.nanoTime();
                running.put(start(commands.get(next)), next);
                next++;
            }
            Integer ended = running.remove(awaitAny());
            if (ended != null) { // or somebody whom a program has left behind
                each[ended] = System.nanoTime() - starts[ended];
                checkStatus(commands.get(ended));
            }
        }
        long nanos = System.nanoTime() - began;
        Arrays.sort(each);
        return new Batch(nanos, each);
    }

    private int awaitAny() {
        while (true) {
            int ended = LibC.wait4(-1, status, 0, usage);
            if (ended >= 0) {
                return ended;
            }
            int errno = Native.getLastError();
            if (errno != Errno.EINTR.number) {
                throw new IllegalStateException("wait4: " + Errno.of(errno).name());
            }
        }
    }

    /**
     * Runs a program to its end, as a child of a shell that has ended before it. A process keeps the peak of the memory that it
     * had before execve(2) (exec_mmap in the kernel), and after posix_spawn(3) that is this JVM's; after a fork of a
     * shell it is some hundred KiB.
     *
     * @param command the program's path, then its arguments
     * @return the peak resident set of the program, or of the largest of the descendants that it awaited, in KiB
     * @throws LaunchException as {@link #time}
     */
    public long peakKibibytes(List<String> command) {
        List<String> detour = new ArrayList<>(List.of("/bin/sh", "-c", DETOUR, "sh", gate.toString()));
        detour.addAll(command);
        time(detour);
        int process = Integer.parseInt(output().trim());
        linux.files.open(gate.toString(), FileFlags.O_WRONLY).close();
        await(process);
        checkStatus(command);
        return kernel.getLong(usage + LibC.RU_MAXRSS);
    }

    /** Awaits a process that was left behind here, as the container's is by {@code create}. How it ended does not matter. */
    public void await(int process) {
        while (LibC.wait4(process, status, 0, usage) < 0) {
            int errno = Native.getLastError();
            if (errno != Errno.EINTR.number) {
                throw new IllegalStateException("wait4 " + process + ": " + Errno.of(errno).name());
            }
        }
    }

    /** Ends a process that was left behind here, and awaits it. */
    public void end(int process) {
        linux.processes.kill(process, Signal.SIGKILL.number);
        await(process);
    }

    /** What the last program wrote to its standard output. */
    public String output() {
        return read(out);
    }

    private void checkStatus(List<String> command) {
        int value = kernel.getInt(status);
        if (value != 0) {
            int signal = value & 0x7f;
            String end = signal == 0 ? "exit " + (value >> 8) : "signal " + signal;
            throw new LaunchException(command, end + ": " + read(err).trim());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(String call, int errno) {
        if (errno != 0) {
            throw new IllegalStateException(call + ": " + Errno.of(errno).name());
        }
    }
}
