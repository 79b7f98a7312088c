package io.carafe.conformance.ttrpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A manager's service of events, {@code containerd.services.events.ttrpc.v1.Events/Forward}: takes one after the other. */
public final class EventServer implements AutoCloseable {

    private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";

    private final Path path;
    private final Consumer<Message> taker;
    private final ServerSocketChannel server;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final boolean neverReads;

    private EventServer(Path path, Consumer<Message> taker, ServerSocketChannel server, boolean neverReads) {
        this.path = path;
        this.taker = taker;
        this.server = server;
        this.neverReads = neverReads;
    }

    /**
     * Serves until it is closed.
     *
     * @param taker is given each Envelope, in the order in which they come
     */
    public static EventServer at(Path path, Consumer<Message> taker) {
        return open(path, taker, false);
    }

    /** One that takes connections and never reads from them. */
    public static EventServer neverReading(Path path) {
        return open(path, envelope -> { }, true);
    }

    private static EventServer open(Path path, Consumer<Message> taker, boolean neverReads) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(path));
            EventServer server = new EventServer(path, taker, channel, neverReads);
            thread("events", server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("listen at " + path + ": " + e.getMessage(), e);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                open.add(channel);
                if (!neverReads) {
                    thread("events of a shim", () -> serve(channel));
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            for (Optional<Frame> frame = Frame.read(channel); frame.isPresent(); frame = Frame.read(channel)) {
                Message request = Message.parse("Request", frame.get().data());
                boolean known = request.text("service").equals(SERVICE) && request.text("method").equals("Forward");
                if (known) {
                    // One at a time, whatever connection it came by: the order is that of their coming.
                    synchronized (taker) {
                        taker.accept(Message.parse("ForwardRequest", request.bytes("payload")).message("envelope"));
                    }
                }
                Message response = known ? Message.of("Response") : Message.of("Response", "status",
                        Message.of("Status", "code", Code.UNIMPLEMENTED.ordinal(), "message", request.text("method")));
                for (ByteBuffer answer = ByteBuffer.wrap(new Frame(frame.get().stream(), Frame.RESPONSE, response.bytes()).bytes());
                        answer.hasRemaining();) {
                    channel.write(answer);
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    /** Ends its connections, too, and removes the socket. */
    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel channel : open) {
                channel.close();
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
