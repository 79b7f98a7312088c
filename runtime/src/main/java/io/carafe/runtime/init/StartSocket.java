package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a created container waits to be started: a socket in its state directory, whose presence is the state {@code created}.
 *
 * <p>A FIFO, as runc and crun use, could carry the start to the init but not the outcome of its exec back. Here the one connection
 * does both: it ends when the exec succeeded, and brings the whole error when it did not. A dead init answers ECONNREFUSED at once.
 */
public final class StartSocket implements AutoCloseable {

    /** Of a container that its own creator starts. */
    public static final StartSocket NONE = new StartSocket(null, null);

    private static final String NAME = "start.sock";

    private final Linux linux;
    private final Fd listener;

    private StartSocket(Linux linux, Fd listener) {
        this.linux = linux;
        this.listener = listener;
    }

    /** Listens. @param dir the state directory */
    public static StartSocket listen(Linux linux, Fd dir) {
        // Through the descriptor: sun_path holds 107 bytes, a --root may be longer (unix(7)).
        return new StartSocket(linux, linux.sockets.listen(dir.path() + "/" + NAME, SocketFlags.SOCK_SEQPACKET));
    }

    /** Whether a container waits to be started. */
    public static boolean isIn(Linux linux, Fd dir) {
        return linux.paths.statxIfPresent(dir, NAME, 0).isPresent();
    }

    /** What the init must keep open to be started from here, with other descriptors. Borrowed. */
    List<Fd> descriptorsAnd(List<Fd> others) {
        List<Fd> all = new ArrayList<>(others);
        if (listener != null) {
            all.add(listener);
        }
        return all;
    }

    Channel accept() {
        return Channel.ofInit(linux, linux.sockets.accept(listener));
    }

    /**
     * Starts the container that waits here, and waits until its program runs. One process at a time: the caller sees to that.
     *
     * @return false when nobody waits: its init died
     * @throws InitException why the program could not be executed
     * @throws io.carafe.runtime.init.hook.HookException a startContainer hook failed
     */
    public static boolean start(Linux linux, Fd dir) {
        Optional<Fd> connection = connect(linux, dir);
        if (connection.isEmpty()) {
            return false;
        }
        try (Channel init = Channel.ofParent(linux, connection.get())) {
            unlink(linux, dir);
            init.start("");
            return true;
        } catch (InitException e) {
            throw e.isGone() ? new InitException("the init was killed before it could run the program") : e;
        }
    }

    /** A deleter may be quicker. */
    private static void unlink(Linux linux, Fd dir) {
        try {
            linux.paths.unlinkat(dir, NAME, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static Optional<Fd> connect(Linux linux, Fd dir) {
        try {
            return Optional.of(linux.sockets.connect(dir.path() + "/" + NAME, SocketFlags.SOCK_SEQPACKET));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ECONNREFUSED)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
