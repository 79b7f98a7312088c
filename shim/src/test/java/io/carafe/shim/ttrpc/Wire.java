package io.carafe.shim.ttrpc;

import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.shim.loop.Loop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A server and the other ends of its connections in one thread: the loop is turned by whoever waits for something. */
public final class Wire implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 180_000;
    private static final long MILLIS = 1;

    public final Linux linux = Linux.over(Door.open());
    public final List<RuntimeException> failures = new ArrayList<>();
    public final Loop loop = new Loop(linux, failures::add);
    private final Path directory;

    public Wire() throws IOException {
        directory = Files.createTempDirectory("carafe-wire");
        linux.processes.sigprocmask(io.carafe.linux.abi.ProcessFlags.SIG_BLOCK,
                io.carafe.linux.abi.Signal.bit(io.carafe.linux.abi.Signal.SIGPIPE.number));
    }

    public String path() {
        return directory.resolve("socket").toString();
    }

    public Server serve(Server.Service service) {
        return new Server(linux, loop, linux.sockets.listen(path(), SOCK_STREAM | SOCK_NONBLOCK, 64), service);
    }

    public void stopServing(Server server) throws IOException {
        server.close();
        Files.delete(Path.of(path()));
    }

    public void turnUntil(BooleanSupplier condition) {
        long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!condition.getAsBoolean()) {
            if (System.currentTimeMillis() > deadline) {
                throw new AssertionError("what was waited for has not come; failures: " + failures);
            }
            loop.turn(MILLIS);
        }
    }

    /** A client that may send anything. */
    public Raw connect() {
        return new Raw(linux.sockets.connect(path(), SOCK_STREAM | SOCK_NONBLOCK));
    }

    /** One end of a connection, byte by byte. */
    public final class Raw implements FrameReader.Receiver, AutoCloseable {

        private final Fd socket;
        private final FrameReader reader = new FrameReader(this);
        final List<Frame> frames = new ArrayList<>();
        private boolean ended;

        private Raw(Fd socket) {
            this.socket = socket;
        }

        void send(byte[] bytes) {
            for (int sent = 0; sent < bytes.length;) {
                int count = linux.files.tryWrite(socket, bytes, sent, Math.min(bytes.length - sent, 32 * 1024));
                sent += count;
                if (count == 0) {
                    loop.turn(MILLIS);
                }
            }
        }

        /** As much as the kernel takes. @return bytes */
        int trySend(byte[] bytes, int from) {
            return linux.files.tryWrite(socket, bytes, from, Math.min(bytes.length - from, 32 * 1024));
        }

        void request(int stream, String method) {
            send(frame(stream, method).toBytes());
        }

        static Frame frame(int stream, String method) {
            return new Frame(stream, Frame.REQUEST, 0,
                    Request.TABLE.write(new Request("test", method, method.getBytes(StandardCharsets.UTF_8))));
        }

        /** The next answer. */
        Response response() {
            int before = frames.size();
            turnUntil(() -> {
                read();
                return frames.size() > before;
            });
            return Response.TABLE.read(frames.get(before).data());
        }

        void read() {
            byte[] chunk = new byte[64 * 1024];
            linux.files.tryRead(socket, chunk, 0, chunk.length).ifPresent(count -> {
                ended |= count == 0;
                reader.feed(chunk, count);
            });
        }

        boolean hasEnded() {
            read();
            return ended;
        }

        @Override
        public void received(Frame frame) {
            frames.add(frame);
        }

        @Override
        public void tooLong(int stream, long length) {
            throw new AssertionError("the server sent " + length + " bytes");
        }

        @Override
        public void noMemory(int stream, long length) {
            throw new AssertionError("no memory for " + length + " bytes of the server's");
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        loop.close();
        Files.deleteIfExists(Path.of(path()));
        Files.delete(directory);
    }
}
