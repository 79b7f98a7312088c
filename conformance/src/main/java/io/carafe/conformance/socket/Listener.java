package io.carafe.conformance.socket;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/** A stream socket of AF_UNIX that takes whoever comes, and reads each connection to its end. Descriptors are closed with it. */
public final class Listener implements AutoCloseable {

    private static final int LONGEST = 1 << 16;

    private final UnixServerSocketChannel server;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<UnixSocketChannel> open = new CopyOnWriteArrayList<>();

    private Listener(UnixServerSocketChannel server) {
        this.server = server;
    }

    public static Listener at(Path path) {
        try {
            UnixServerSocketChannel server = UnixServerSocketChannel.open();
            server.socket().bind(new UnixSocketAddress(path.toFile()));
            Listener listener = new Listener(server);
            Thread thread = new Thread(listener::take, "listener");
            thread.setDaemon(true);
            thread.start();
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take() {
        try {
            while (true) {
                UnixSocketChannel channel = server.accept();
                if (channel == null) {
                    return;
                }
                open.add(channel);
                Thread reader = new Thread(() -> read(channel), "connection");
                reader.setDaemon(true);
                reader.start();
            }
        } catch (IOException closed) {
            return;
        }
    }

    /** JNA makes the recvmsg(2): channels of Java know no SCM_RIGHTS. */
    private void read(UnixSocketChannel channel) {
        Linux linux = Linux.over(Door.open());
        List<Connection.Part> parts = new ArrayList<>();
        int place = connections.size();
        connections.add(new Connection(parts, false));
        try {
            while (true) {
                var message = linux.sockets.receive(Fd.borrowed(channel.getFD()), LONGEST);
                boolean ended = message.content().length == 0;
                if (!ended) {
                    parts.add(new Connection.Part(message.content(), message.fds(), message.fds().stream().map(Listener::file).toList()));
                }
                connections.set(place, new Connection(parts, ended));
                if (ended) {
                    return;
                }
            }
        } catch (KernelException closed) {
            return;
        }
    }

    private static String file(Fd fd) {
        try {
            return Files.readSymbolicLink(Path.of(fd.path())).toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    @Override
    public void close() {
        connections.forEach(connection -> connection.fds().forEach(Fd::close));
        try {
            for (UnixSocketChannel channel : open) {
                channel.close();
            }
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
