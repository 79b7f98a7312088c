package io.carafe.runtime.binary.fault;

import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes the terminals that come over a console socket, and keeps the last few: one that is closed is hung up. */
final class ConsoleListener implements AutoCloseable {

    private static final int KEPT = 8;
    private static final int LONGEST = 4096;

    private final Path path;
    private final Fd socket;

    private ConsoleListener(Path path, Fd socket) {
        this.path = path;
        this.socket = socket;
    }

    static ConsoleListener in(Path directory) {
        Path path = directory.resolve("console.sock");
        Linux linux = Linux.over(Door.open());
        Fd socket = linux.sockets.listen(path.toString(), SOCK_STREAM);
        Thread accepting = new Thread(() -> accept(linux, socket));
        accepting.setDaemon(true);
        accepting.start();
        return new ConsoleListener(path, socket);
    }

    private static void accept(Linux linux, Fd socket) {
        List<Fd> terminals = new ArrayList<>();
        while (socket.isOpen()) {
            try (Fd connection = linux.sockets.accept(socket)) {
                terminals.addAll(linux.sockets.receive(connection, LONGEST).fds());
                while (terminals.size() > KEPT) {
                    terminals.remove(0).close();
                }
            } catch (KernelException | IllegalStateException ended) { // who connected was killed, or the test has ended
                continue;
            }
        }
        terminals.forEach(Fd::close);
    }

    String path() {
        return path.toString();
    }

    @Override
    public void close() {
        socket.close();
        path.toFile().delete();
    }
}
