package io.carafe.runtime.init.stdio;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The parent's side: connections to those who wait for a terminal or a pidfd, made before there is a child; and, where nobody else
 * waits, the end of a socketpair on which it gets the terminal itself.
 */
public final class ParentStdio implements AutoCloseable {

    /** unix(7): sun_path, with a NUL. */
    private static final int LONGEST_PATH = 107;
    private static final int LONGEST_NAME = 4096;

    private final Linux linux;
    private final StdioPlan plan;
    /** Where the child sends the master to. */
    private final Optional<Fd> console;
    /** Where it arrives, if that is here. */
    private final Optional<Fd> arrival;
    private final Optional<Fd> pidfdSocket;

    private ParentStdio(Linux linux, StdioPlan plan, Optional<Fd> console, Optional<Fd> arrival, Optional<Fd> pidfdSocket) {
        this.linux = linux;
        this.plan = plan;
        this.console = console;
        this.arrival = arrival;
        this.pidfdSocket = pidfdSocket;
    }

    /**
     * Connects.
     *
     * @throws KernelException ENOENT, ECONNREFUSED and the others of connect(2)
     */
    public static ParentStdio prepare(Linux linux, StdioPlan plan) {
        try (Undo undo = new Undo()) {
            Optional<Fd> console = Optional.empty();
            Optional<Fd> arrival = Optional.empty();
            if (plan.consoleSocket().isPresent()) {
                console = Optional.of(undo.onFailure(connect(linux, "--console-socket", plan.consoleSocket().get()), Fd::close));
            } else if (plan.terminal()) {
                Sockets.Pair pair = linux.sockets.pair(SOCK_STREAM);
                console = Optional.of(undo.onFailure(pair.there(), Fd::close));
                arrival = Optional.of(undo.onFailure(pair.here(), Fd::close));
            }
            Optional<Fd> pidfdSocket = plan.pidfdSocket().map(path -> connect(linux, "--pidfd-socket", path));
            undo.keep();
            return new ParentStdio(linux, plan, console, arrival, pidfdSocket);
        }
    }

    private static Fd connect(Linux linux, String flag, String path) {
        try {
            if (path.getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH) {
                return linux.sockets.connect(path, SOCK_STREAM);
            }
            int slash = path.lastIndexOf('/');
            try (Fd dir = linux.files.open(path.substring(0, slash + 1), O_PATH | O_DIRECTORY)) {
                return linux.sockets.connect(dir.path() + path.substring(slash), SOCK_STREAM);
            }
        } catch (KernelException e) {
            throw e.as(flag + ": connect " + path).hint(Errno.ECONNREFUSED, "nobody listens there");
        }
    }

    /** In the child: where the master of the terminal goes. The end that is the parent's is closed. */
    Fd childs() {
        arrival.ifPresent(Fd::close);
        return console.orElseThrow();
    }

    StdioPlan plan() {
        return plan;
    }

    /**
     * The pidfd of the process, to whoever waits for it.
     *
     * @param kind what runc calls the process: {@code standard} a container's first, {@code setns} a further one
     */
    public void passPidfd(Fd pidfd, String kind) {
        pidfdSocket.ifPresent(socket -> {
            try {
                if (pidfd.process().isPresent()) {
                    throw new KernelException("pidfd_open", Errno.ENOSYS).hint(Errno.ENOSYS, "needs Linux 5.3");
                }
                linux.sockets.send(socket, kind.getBytes(StandardCharsets.UTF_8), List.of(pidfd));
            } catch (KernelException e) {
                throw e.as("send the pidfd to --pidfd-socket");
            }
        });
    }

    /** A terminal that this process has itself, to whoever waits for it at --console-socket. @return false when nobody does */
    public boolean sendMaster(Fd master) {
        if (plan.consoleSocket().isEmpty()) {
            return false;
        }
        Stdio.send(linux, plan, console.orElseThrow(), master);
        return true;
    }

    /** The master of the terminal, once the child is ready; empty without a terminal, and where another got it. The caller owns it. */
    public Optional<Fd> master() {
        // Else an init that died before it sent would never be noticed.
        console.ifPresent(Fd::close);
        return arrival.map(end -> {
            List<Fd> fds = linux.sockets.receive(end, LONGEST_NAME).fds();
            if (fds.size() != 1) {
                throw new KernelException("receive the terminal", Errno.EPROTO);
            }
            return fds.get(0);
        });
    }

    @Override
    public void close() {
        console.ifPresent(Fd::close);
        arrival.ifPresent(Fd::close);
        pidfdSocket.ifPresent(Fd::close);
    }
}
