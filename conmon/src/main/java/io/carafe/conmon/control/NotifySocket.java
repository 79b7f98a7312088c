package io.carafe.conmon.control;

import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;

import io.carafe.conmon.attach.BundleSocket;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.shim.loop.Loop;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** sd_notify(3) of a program in the container: what it may say of itself is said again to the service manager's socket. */
public final class NotifySocket implements AutoCloseable {

    private static final String NAME = "notify/notify.sock";
    private static final int LONGEST = 4096;

    /** Not MAINPID, which is a number in the container's pid namespace, nor what passes descriptors. */
    private static final List<String> SAID_AGAIN = List.of("READY=1", "RELOADING=1", "STOPPING=1", "WATCHDOG=1", "WATCHDOG=trigger", "STATUS=",
            "ERRNO=", "BUSERROR=", "MONOTONIC_USEC=");

    private final Linux linux;
    private final String manager;
    private final Fd socket;
    private final Loop.Watch watch;

    private NotifySocket(Linux linux, Loop loop, String manager, Fd socket) {
        this.linux = linux;
        this.manager = manager;
        this.socket = socket;
        this.watch = loop.watch(socket, POLLIN, events -> forward());
    }

    /** @param manager path of the manager's socket; it need not be there yet */
    public static NotifySocket listen(Linux linux, Loop loop, String bundle, String manager) {
        return new NotifySocket(linux, loop, manager, BundleSocket.ofDatagrams(linux, bundle, NAME));
    }

    private void forward() {
        Sockets.Message message = linux.sockets.receive(socket, LONGEST);
        message.fds().forEach(Fd::close);
        String said = saidAgain(new String(message.content(), StandardCharsets.UTF_8));
        if (!said.isEmpty()) {
            try (Fd to = linux.sockets.connect(manager, SOCK_DGRAM | SOCK_NONBLOCK)) {
                linux.sockets.send(to, said.getBytes(StandardCharsets.UTF_8), List.of());
            }
        }
    }

    /** The lines that may be said, without the others. */
    static String saidAgain(String text) {
        StringBuilder said = new StringBuilder();
        for (String line : text.replace('\r', '\n').split("\n")) {
            for (String known : SAID_AGAIN) {
                if (known.endsWith("=") ? line.startsWith(known) : line.equals(known)) {
                    said.append(said.length() == 0 ? "" : "\n").append(line);
                    break;
                }
            }
        }
        return said.toString();
    }

    @Override
    public void close() {
        watch.close();
        socket.close();
    }
}
