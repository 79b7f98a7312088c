package io.carafe.shim.ttrpc;

import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.loop.Loop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers the calls of whoever connects to a listening socket. */
public final class Server implements AutoCloseable {

    /** Calls of one connection that wait for their answer; containerd has one or two for each process. */
    private static final int MOST_OPEN_CALLS = 1 << 15;
    private static final int MOST_CONNECTIONS = 256;
    private static final long RETRY_MILLIS = 100;

    private final Linux linux;
    private final Loop loop;
    private final Fd listener;
    private final Service service;
    private final Loop.Watch watch;
    private final List<Peer> peers = new ArrayList<>(1);

    /** @param listener does not block; becomes this object's */
    public Server(Linux linux, Loop loop, Fd listener, Service service) {
        this.linux = linux;
        this.loop = loop;
        this.listener = listener;
        this.service = service;
        this.watch = loop.watch(listener, POLLIN, events -> accept());
    }

    /** What is called. */
    public interface Service {

        /** @throws RuntimeException becomes the answer, where there was none yet; so does an Error, as too much was asked for */
        void call(String service, String method, byte[] payload, Reply reply);
    }

    private void accept() {
        try {
            for (Optional<Fd> socket = linux.sockets.tryAccept(listener); socket.isPresent(); socket = linux.sockets.tryAccept(listener)) {
                if (peers.size() < MOST_CONNECTIONS) {
                    peers.add(new Peer(socket.get()));
                } else {
                    socket.get().close();
                }
            }
        } catch (KernelException e) {
            // No descriptor is free, or no memory: the next one stays in the queue, of which epoll_wait(2) would tell at once, again and again.
            if (!e.is(Errno.EMFILE) && !e.is(Errno.ENFILE) && !e.is(Errno.ENOMEM) && !e.is(Errno.ENOBUFS)) {
                throw e;
            }
            watch.want(0);
            loop.after(RETRY_MILLIS, () -> watch.want(POLLIN));
        }
    }

    /** Whether every answer has been taken by the kernel. */
    public boolean isFlushed() {
        for (Peer peer : peers) {
            if (!peer.connection.isFlushed()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        watch.close();
        listener.close();
        for (Peer peer : List.copyOf(peers)) {
            peer.connection.close();
        }
    }

    /** One who has connected. */
    private final class Peer implements FrameReader.Receiver {

        private final Connection connection;
        private int lastStream;
        private final Set<Reply> open = new HashSet<>();

        Peer(Fd socket) {
            connection = new Connection(linux, loop, socket, this, () -> {
                peers.remove(this);
                for (Reply reply : List.copyOf(open)) {
                    abandon(reply);
                }
            });
        }

        /** What it does wrong keeps no other from hearing of it. */
        private void abandon(Reply reply) {
            try {
                reply.connectionEnded();
            } catch (RuntimeException | Error e) {
                loop.tell(Failures.asException(e));
            }
        }

        private Reply reply(int stream) {
            Reply reply = new Reply(connection, stream, open::remove);
            open.add(reply);
            return reply;
        }

        @Override
        public void received(Frame frame) {
            Reply reply = reply(frame.stream());
            Optional<String> wrong = complaint(frame);
            if (wrong.isPresent()) {
                reply.fail(Code.INVALID_ARGUMENT, wrong.get());
                return;
            }
            lastStream = frame.stream();
            if (open.size() > MOST_OPEN_CALLS) {
                reply.fail(Code.RESOURCE_EXHAUSTED, "more than " + MOST_OPEN_CALLS + " calls wait for their answer");
                return;
            }
            try {
                Request request = Request.TABLE.read(frame.data());
                if (request.timeoutNanos() > 0) {
                    reply.expectWithin(loop, request.timeoutNanos());
                }
                service.call(request.service(), request.method(), request.payload(), reply);
            } catch (RuntimeException | Error e) {
                reply.fail(Failures.asException(e));
            }
        }

        private Optional<String> complaint(Frame frame) {
            if (frame.type() != Frame.REQUEST) {
                return Optional.of("expected a request, found a message of type " + frame.type());
            }
            if (frame.flags() != 0) {
                return Optional.of("expected a request of one message, found flags " + frame.flags());
            }
            if (frame.stream() % 2 != 1 || frame.stream() <= lastStream) {
                return Optional.of("expected an odd stream id above " + lastStream + ", found " + Integer.toUnsignedString(frame.stream()));
            }
            return Optional.empty();
        }

        @Override
        public void tooLong(int stream, long length) {
            refuse(stream, "expected at most " + Frame.LONGEST + " bytes, found a message of " + length);
        }

        @Override
        public void noMemory(int stream, long length) {
            refuse(stream, "out of memory: a message of " + length + " bytes is too much now");
        }

        private void refuse(int stream, String why) {
            reply(stream).fail(Code.RESOURCE_EXHAUSTED, why);
        }
    }
}
