package io.carafe.runtime.binary.fault;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Takes the terminals that come over a console socket and hangs them up, as a manager that has lost interest. */
final class ConsoleListener implements AutoCloseable {

    private final Path path;
    private final ServerSocketChannel channel;

    private ConsoleListener(Path path, ServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static ConsoleListener in(Path directory) throws IOException {
        Path path = directory.resolve("console.sock");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        Thread accepting = new Thread(() -> {
            try {
                while (true) {
                    try (SocketChannel connection = channel.accept()) {
                        connection.read(ByteBuffer.allocate(64)); // which drops the descriptor that comes with it
                    }
                }
            } catch (IOException closed) {
                return;
            }
        });
        accepting.setDaemon(true);
        accepting.start();
        return new ConsoleListener(path, channel);
    }

    String path() {
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
