package io.carafe.shim.ttrpc;

import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Calls a server. Answers may come in any order. */
public final class Client implements AutoCloseable {

    private final Connection connection;
    private final Map<Integer, Consumer<Response>> open = new LinkedHashMap<>();
    private int nextStream = 1;

    /**
     * Connects.
     *
     * @param closed called once when the server has gone; calls that are open then get no answer
     * @throws io.carafe.linux.KernelException ENOENT, ECONNREFUSED; EAGAIN when the server has a queue of its own at the door
     */
    public Client(Linux linux, Loop loop, String path, Runnable closed) {
        connection = new Connection(linux, loop, linux.sockets.connect(path, SOCK_STREAM | SOCK_NONBLOCK), new FrameReader.Receiver() {
            @Override
            public void received(Frame frame) {
                Consumer<Response> answered = open.remove(frame.stream());
                if (answered != null && frame.type() == Frame.RESPONSE) {
                    answered.accept(Response.TABLE.read(frame.data()));
                }
            }

            @Override
            public void tooLong(int stream, long length) {
                connection().close();
            }

            @Override
            public void noMemory(int stream, long length) {
                connection().close();
            }
        }, closed);
    }

    private Connection connection() {
        return connection;
    }

    public void call(String service, String method, byte[] payload, Consumer<Response> answered) {
        call(service, method, payload, 0, answered);
    }

    /** The same. @param timeoutNanos what the server is told of how long we wait; 0: for ever */
    public void call(String service, String method, byte[] payload, long timeoutNanos, Consumer<Response> answered) {
        open.put(nextStream, answered);
        connection.send(new Frame(nextStream, Frame.REQUEST, 0, Request.TABLE.write(new Request(service, method, payload, timeoutNanos))));
        nextStream += 2;
    }

    @Override
    public void close() {
        connection.close();
    }
}
