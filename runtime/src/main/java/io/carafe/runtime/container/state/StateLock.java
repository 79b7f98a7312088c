package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessStat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The file {@code lock} of a state directory. Its bytes are locked by fcntl(2), F_SETLK.
 *
 * <p>Not flock(2): by F_GETLK a process that only looks asks who has a byte and locks nothing, so that any number look at once, and one
 * that is stopped (SIGSTOP) keeps nobody waiting; and the answer names the process that has it, which can be stopped as well.
 *
 * <p>A lock is a process's, on the file: closing any descriptor of that file ends it. So a process that has one looks at its container
 * through the {@link StateDir} that it has locked, and opens no other.
 */
final class StateLock implements AutoCloseable {

    /** What a byte stands for. */
    enum Right {
        /** To create the container, to delete it, to write its state. */
        LIFE,
        /** What a creator has besides: a container whose creation another process has is `creating`. */
        CREATION,
        /** To let its init execute. */
        START
    }

    static final String NAME = "lock";
    private static final int FLAGS = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    private static final int PRIVATE_FILE = 0600;
    /** How long a creator or deleter that is at work is waited for. */
    private static final long PATIENCE_MILLIS = 10_000;
    /** The same of a creator that is about to make the file, and a deleter that has just removed it. */
    private static final long ABSENT_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 16;
    private static final long NANOS_OF_MILLI = 1_000_000;
    private static final char STOPPED = 'T';

    private final Linux linux;
    private final Fd dir;
    private Optional<Fd> file = Optional.empty();

    /** @param dir borrowed */
    StateLock(Linux linux, Fd dir) {
        this.linux = linux;
        this.dir = dir;
    }

    /**
     * Takes a right, and makes the file where it is absent.
     *
     * @return false when another process has it
     * @throws KernelException ENOENT when the directory has been removed
     */
    boolean take(Right right) {
        if (file.isEmpty()) {
            file = Optional.of(linux.files.openat(dir, NAME, FLAGS | O_CREAT, PRIVATE_FILE));
        }
        return linux.files.lockByte(file.get(), right.ordinal());
    }

    /**
     * The same, where the file is there already, or soon will be: a directory without it is one that is being made, or being removed.
     *
     * @return false when another process has it, or the file is absent
     */
    boolean takeIfPresent(Right right) {
        file = file.or(() -> linux.files.openIfPresent(dir, NAME, FLAGS));
        return file.isPresent() && linux.files.lockByte(file.get(), right.ordinal());
    }

    /** What is in the place of the file and could never be locked: `delete --force` removes it. */
    static boolean isNoFile(KernelException e) {
        return e.is(Errno.ELOOP) || e.is(Errno.EISDIR) || e.is(Errno.ENXIO);
    }

    boolean isOpen() {
        return file.isPresent();
    }

    void release(Right right) {
        file.ifPresent(open -> linux.files.unlockByte(open, right.ordinal()));
    }

    /** @return the pid of another process that has it; 0 for one that cannot be seen from here; empty when none has */
    OptionalInt holder(Right right) {
        if (file.isPresent()) {
            return linux.files.lockerOfByte(file.get(), right.ordinal());
        }
        try {
            Optional<Fd> opened = linux.files.openIfPresent(dir, NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
            if (opened.isEmpty()) {
                return OptionalInt.empty();
            }
            try (Fd lock = opened.get()) {
                return linux.files.lockerOfByte(lock, right.ordinal());
            }
        } catch (KernelException e) {
            if (!isNoFile(e)) {
                throw e;
            }
            return OptionalInt.empty();
        }
    }

    /**
     * Takes a right as soon as it is free.
     *
     * @return false when the process that has it stands still (SIGSTOP), or does not end its work
     * in ten seconds
     */
    boolean await(Right right) {
        return await(right, true);
    }

    private boolean await(Right right, boolean unlessStopped) {
        long start = System.nanoTime();
        for (long pause = 1; !takeIfPresent(right); pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
            long millis = (System.nanoTime() - start) / NANOS_OF_MILLI;
            if (file.isEmpty() && (millis > ABSENT_MILLIS || linux.files.fstat(dir).links() == 0)) {
                return take(right);
            }
            if (millis > PATIENCE_MILLIS || unlessStopped && isStopped(holder(right))) {
                return false;
            }
            linux.polling.readable(pause);
        }
        return true;
    }

    private boolean isStopped(OptionalInt pid) {
        return pid.orElse(0) > 0 && linux.files.readIfPresent(Fd.CWD, "/proc/" + pid.getAsInt() + "/stat").map(ProcessStat::parse)
                .filter(stat -> stat.state() == STOPPED).isPresent();
    }

    /**
     * The same, where another process that does not come to its end is killed. What it was making goes with the container, by its state.
     *
     * @return false when it cannot be seen, or may not be killed, or does not die
     */
    boolean awaitByForce(Right right) {
        return await(right, true) || kill(right) && await(right, false);
    }

    private boolean kill(Right right) {
        int pid = holder(right).orElse(0);
        Optional<Fd> opened = pid > 1 ? linux.processes.pidfdIfAlive(pid) : Optional.empty();
        if (opened.isEmpty()) {
            return holder(right).isEmpty();
        }
        try (Fd pidfd = opened.get()) {
            // After opening: only now can the pid not be given to another process any more.
            if (holder(right).orElse(0) == pid) {
                linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            }
            return true;
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM) && !e.is(Errno.ESRCH)) {
                throw e;
            }
            return e.is(Errno.ESRCH);
        }
    }

    @Override
    public void close() {
        file.ifPresent(Fd::close);
    }
}
