package io.carafe.runtime.container.attach;

import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.init.InitProcess;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * sd_notify(3) of a program in a container: a socket of its own in there, and what it says is said again to the service manager that
 * started carafe, which would not take it from a process that it does not know.
 *
 * <p>The directory of the socket is a bind, so that a socket which `start` makes appears in a container that `create` made.
 */
public final class NotifyProxy implements AutoCloseable {

    private static final String DIRECTORY = "notify";
    private static final String SOCKET = "notify.sock";
    private static final String IN_CONTAINER = "/run/notify";
    private static final int EVERYBODY_LOOKS = 0755;
    private static final int EVERYBODY_WRITES = 0777;
    private static final int LONGEST = 4096;
    /** What systemd takes for its answer, as sd_notify_barrier(3) is used by runc. */
    private static final long PATIENCE_MILLIS = 30_000;

    private static final String READY = "READY=1";
    /** What a container may say of itself. Not MAINPID, which is a number in its pid namespace, nor what passes descriptors. */
    private static final List<String> SAID_AGAIN = List.of(READY, "STATUS=", "STOPPING=1", "WATCHDOG=1", "EXTEND_TIMEOUT_USEC=");

    private final Linux linux;
    private final Fd socket;
    private final Fd manager;

    private NotifyProxy(Linux linux, Fd socket, Fd manager) {
        this.linux = linux;
        this.socket = socket;
        this.manager = manager;
    }

    /** The configuration with the socket's place in it. @param state path of the container's state directory on the host */
    public static Config announced(Config config, String state) {
        List<Mount> mounts = new ArrayList<>(config.mounts());
        mounts.add(Mount.of(IN_CONTAINER, "bind", state + "/" + DIRECTORY, "bind", "nosuid", "noexec", "nodev", "ro"));
        List<String> env = new ArrayList<>(config.process().orElseThrow().env());
        env.add("NOTIFY_SOCKET=" + IN_CONTAINER + "/" + SOCKET);
        return config.withMounts(mounts).withProcess(config.process().orElseThrow().withEnv(env));
    }

    /** What the bind needs. @param state the container's state directory, which goes with all that is in it */
    public static void makeDirectory(Linux linux, Fd state) {
        linux.paths.mkdirat(state, DIRECTORY, EVERYBODY_LOOKS);
    }

    /** Whether a container was created with a place for the socket. */
    public static boolean isIn(Linux linux, Fd state) {
        return linux.paths.statxIfPresent(state, DIRECTORY, 0).isPresent();
    }

    /**
     * Listens for the container, and connects to the service manager.
     *
     * @param manager NOTIFY_SOCKET of carafe's own environment
     */
    public static NotifyProxy listen(Linux linux, Fd state, String manager) {
        String path = state.path() + "/" + DIRECTORY + "/" + SOCKET;
        if (linux.paths.statxIfPresent(Fd.CWD, path, 0).isPresent()) {
            linux.paths.unlinkat(Fd.CWD, path, 0); // of a start that failed
        }
        Fd socket = linux.sockets.bind(path, SOCK_DGRAM);
        try {
            linux.paths.fchmodat(Fd.CWD, path, EVERYBODY_WRITES);
            return new NotifyProxy(linux, socket, linux.sockets.connect(manager, SOCK_DGRAM));
        } catch (KernelException e) {
            socket.close();
            throw e.during("NOTIFY_SOCKET");
        }
    }

    Fd socket() {
        return socket;
    }

    /** Says again what has come. @param pid of the process that the manager is to look at. @return whether the container is ready */
    boolean forward(int pid) {
        Sockets.Message message = linux.sockets.receive(socket, LONGEST);
        message.fds().forEach(Fd::close);
        StringBuilder said = new StringBuilder();
        boolean ready = false;
        for (String line : new String(message.content(), StandardCharsets.UTF_8).split("\n")) {
            if (isSaidAgain(line)) {
                said.append(line).append('\n');
                ready |= line.equals(READY);
            }
        }
        if (ready) {
            said.append("MAINPID=").append(pid).append('\n');
        }
        if (said.length() > 0) {
            say(said.toString(), List.of());
        }
        return ready;
    }

    private static boolean isSaidAgain(String line) {
        for (String known : SAID_AGAIN) {
            if (known.endsWith("=") ? line.startsWith(known) : line.equals(known)) {
                return true;
            }
        }
        return false;
    }

    private void say(String text, List<Fd> fds) {
        try {
            linux.sockets.send(manager, text.getBytes(StandardCharsets.UTF_8), fds);
        } catch (KernelException e) {
            // The manager has gone, or starts anew: no reason to end what it started.
            if (!e.is(Errno.ECONNREFUSED) && !e.is(Errno.ENOENT)) {
                throw e.as("say \"" + text.strip() + "\" to NOTIFY_SOCKET");
            }
        }
    }

    /**
     * Waits until a container that this process will not wait for is ready, or has ended, and until the manager knows: it must not see
     * this process end before.
     */
    public void awaitReady(Fd process, int pid) {
        while (linux.polling.readable(Polling.FOREVER, process, socket)[1] != 0) {
            if (forward(pid)) {
                Sockets.Pair pair = linux.sockets.pair(SOCK_STREAM);
                try (Fd here = pair.here()) {
                    try (Fd there = pair.there()) {
                        say("BARRIER=1", List.of(there));
                    }
                    linux.polling.readable(PATIENCE_MILLIS, here);
                }
                return;
            }
        }
    }

    /** The same. */
    public void awaitReady(InitProcess process) {
        awaitReady(process.pidfd(), process.pid());
    }

    @Override
    public void close() {
        socket.close();
        manager.close();
    }
}
