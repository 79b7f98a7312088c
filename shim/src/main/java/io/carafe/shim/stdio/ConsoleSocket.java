package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.shim.loop.Loop;
import java.util.function.Consumer;

/** Where the runtime sends the master of a terminal: a socket in a directory, for one connection. */
public final class ConsoleSocket implements AutoCloseable {

    private static final int LONGEST_NAME = 4096;

    private final Linux linux;
    private final Loop loop;
    private final Fd directory;
    private final String name;
    private final Fd listener;
    private final Loop.Watch listening;
    private final Consumer<Fd> arrived;

    private ConsoleSocket(Linux linux, Loop loop, Fd directory, String name, Fd listener, Consumer<Fd> arrived) {
        this.linux = linux;
        this.loop = loop;
        this.directory = directory;
        this.name = name;
        this.listener = listener;
        this.arrived = arrived;
        this.listening = loop.watch(listener, POLLIN, events -> linux.sockets.tryAccept(listener).ifPresent(this::connected));
    }

    /** Of the owner alone. @param arrived gets the master, and owns it. @throws KernelException EADDRINUSE: the name is taken */
    public static ConsoleSocket open(Linux linux, Loop loop, String directoryPath, String name, Consumer<Fd> arrived) {
        try (Undo undo = new Undo()) {
            Fd directory = undo.onFailure(linux.files.open(directoryPath, O_PATH | O_DIRECTORY), Fd::close);
            Fd listener = undo.onFailure(listen(linux, directory.path() + "/" + name), Fd::close);
            undo.onFailure(() -> linux.paths.unlinkat(directory, name, 0));
            ConsoleSocket socket = new ConsoleSocket(linux, loop, directory, name, listener, arrived);
            undo.keep();
            return socket;
        }
    }

    private static Fd listen(Linux linux, String path) {
        int mask = linux.paths.umask(0077);
        try {
            return linux.sockets.listen(path, SOCK_STREAM | SOCK_NONBLOCK);
        } finally {
            linux.paths.umask(mask);
        }
    }

    /** Relative to the directory, since a socket's path must be short. */
    public String name() {
        return name;
    }

    private void connected(Fd runtime) {
        close();
        Loop.Watch[] watch = new Loop.Watch[1];
        watch[0] = loop.watch(runtime, POLLIN, events -> {
            watch[0].close();
            try (runtime) {
                Sockets.Message message = linux.sockets.receive(runtime, LONGEST_NAME);
                if (!message.fds().isEmpty()) {
                    message.fds().subList(1, message.fds().size()).forEach(Fd::close);
                    arrived.accept(message.fds().get(0));
                }
            }
        });
    }

    @Override
    public void close() {
        if (listener.isOpen()) {
            listening.close();
            listener.close();
            try (directory) {
                linux.paths.unlinkat(directory, name, 0);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) { // it went with its bundle
                    loop.tell(e.during("console socket"));
                }
            }
        }
    }
}
