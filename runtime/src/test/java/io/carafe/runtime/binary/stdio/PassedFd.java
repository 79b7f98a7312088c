package io.carafe.runtime.binary.stdio;

import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;
import static io.carafe.runtime.binary.stdio.HostTerminal.LINUX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.socket.Sockets.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A socket on which somebody waits for a descriptor, as conmon and containerd's shim do. */
final class PassedFd implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 180_000;

    private final Path path;
    private final Fd listener;

    private PassedFd(Path path, Fd listener) {
        this.path = path;
        this.listener = listener;
    }

    static PassedFd listenIn(Path directory) {
        Path path = directory.resolve("passed-" + System.nanoTime() + ".sock");
        PassedFd socket = new PassedFd(path, LINUX.sockets.listen(path.toString(), SOCK_STREAM));
        path.toFile().setWritable(true, false);
        return socket;
    }

    String path() {
        return path.toString();
    }

    /** One connection, one message, one descriptor. @param text what the message must say */
    Fd receive(String text) {
        assertTrue(LINUX.polling.readable(PATIENCE_MILLIS, listener)[0] != 0, "nobody connects");
        try (Fd connection = LINUX.sockets.accept(listener)) {
            assertTrue(LINUX.polling.readable(PATIENCE_MILLIS, connection)[0] != 0, "nothing comes");
            Message message = LINUX.sockets.receive(connection, 4096);
            assertEquals(text, new String(message.content(), StandardCharsets.UTF_8));
            assertEquals(1, message.fds().size());
            assertEquals(0, LINUX.sockets.receive(connection, 4096).content().length, "the connection ends behind it");
            return message.fds().get(0);
        }
    }

    HostTerminal receiveTerminal() {
        return HostTerminal.of(receive("/dev/ptmx"));
    }

    @Override
    public void close() {
        listener.close();
        path.toFile().delete();
    }
}
