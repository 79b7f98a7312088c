package io.carafe.conformance.ttrpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** One connection to a shim. Many calls may be under way; an own thread reads the answers. */
public final class Client implements AutoCloseable {

    private final SocketChannel channel;
    private final Function<Reply, Optional<Reply>> edit;
    private final Map<Integer, CompletableFuture<Reply>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger stream = new AtomicInteger(-1);
    private final AtomicInteger unexpectedReplies = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Client(SocketChannel channel, Function<Reply, Optional<Reply>> edit) {
        this.channel = channel;
        this.edit = edit;
    }

    /**
     * Connects.
     *
     * @param edit what becomes of an answer before it is told
     * @throws UncheckedIOException when nobody serves there
     */
    public static Client connect(Path socket, Function<Reply, Optional<Reply>> edit) {
        Client client = open(socket, edit);
        Thread reader = new Thread(client::read, "ttrpc client");
        reader.setDaemon(true);
        reader.start();
        return client;
    }

    /** One that never reads. */
    public static Client neverReading(Path socket) {
        return open(socket, Optional::of);
    }

    private static Client open(Path socket, Function<Reply, Optional<Reply>> edit) {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            return new Client(channel, edit);
        } catch (IOException e) {
            throw new UncheckedIOException("connect to " + socket + ": " + e.getMessage(), e);
        }
    }

    private void read() {
        try {
            for (Optional<Frame> frame = Frame.read(channel); frame.isPresent(); frame = Frame.read(channel)) {
                CompletableFuture<Reply> call = waiting.remove(frame.get().stream());
                if (call == null) {
                    unexpectedReplies.incrementAndGet();
                } else {
                    edit.apply(Reply.of(Message.parse("Response", frame.get().data()))).ifPresent(call::complete);
                }
            }
        } catch (IOException | AssertionError broken) {
            waiting.values().forEach(call -> call.completeExceptionally(broken));
        } finally {
            ended.countDown();
            waiting.values().forEach(call -> call.completeExceptionally(new IOException("the shim has closed the connection")));
        }
    }

    /** Does not wait for the answer. It fails with an IOException when the connection ends first. */
    public CompletableFuture<Reply> call(String service, String method, byte[] payload) {
        return call(service, method, payload, 0);
    }

    /** The same. @param nanos what the shim is told of how long its answer is waited for; 0: for ever */
    public CompletableFuture<Reply> call(String service, String method, byte[] payload, long nanos) {
        int number = stream.addAndGet(2);
        CompletableFuture<Reply> call = expect(number);
        try {
            send(Frame.request(number, service, method, payload, nanos).bytes());
        } catch (UncheckedIOException e) {
            call.completeExceptionally(e);
        }
        if (hasEnded()) {
            call.completeExceptionally(new IOException("the shim has closed the connection"));
        }
        return call;
    }

    /** An answer on that stream will be for this. */
    public CompletableFuture<Reply> expect(int number) {
        CompletableFuture<Reply> call = new CompletableFuture<>();
        waiting.put(number, call);
        return call;
    }

    /** Any bytes. */
    public void send(byte[] bytes) {
        synchronized (channel) {
            try {
                for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining();) {
                    channel.write(buffer);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("write to the shim: " + e.getMessage(), e);
            }
        }
    }

    /** Nothing more will be sent. */
    public void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers that nobody has asked for. */
    public int unexpectedReplies() {
        return unexpectedReplies.get();
    }

    /** The shim has closed the connection. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
