package io.carafe.benchmarks.shim;

import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Any;
import io.carafe.shim.ttrpc.Server;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Containerd's end of the events of shims, and the loop, which is turned by whoever waits for something. */
public final class EventServer implements AutoCloseable {

    private static final long TURN_MILLIS = 100;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long NANOS_OF_A_MILLI = 1_000_000;
    private static final int BACKLOG = 64;

    /** Who has ended, of a TaskExit. */
    private record Exit(String process) {
        static final MessageTable<Exit> TABLE = MessageTable.of(row -> new Exit(row.next()), field(2, TEXT, Exit::process));
    }

    private record Envelope(String topic, Optional<Any> event) {
        static final MessageTable<Envelope> TABLE = MessageTable.of(row -> new Envelope(row.next(), row.next()),
                field(3, TEXT, Envelope::topic), field(4, message(Any.TABLE), Envelope::event));
    }

    private record Forward(Optional<Envelope> envelope) {
        static final MessageTable<Forward> TABLE = MessageTable.of(row -> new Forward(row.next()),
                field(1, message(Envelope.TABLE), Forward::envelope));
    }

    public final Linux linux = Linux.over(Door.open());
    final Loop loop = new Loop(linux, failure -> this.failure = Optional.of(failure));
    final Path socket;
    private final Server server;
    private Optional<RuntimeException> failure = Optional.empty();
    private Consumer<String> exited = process -> { };

    EventServer(Path socket) {
        this.socket = socket;
        this.server = new Server(linux, loop, linux.sockets.listen(socket.toString(), SOCK_STREAM | SOCK_NONBLOCK, BACKLOG),
                (service, method, payload, reply) -> {
                    Envelope envelope = Forward.TABLE.read(payload).envelope().orElseThrow();
                    if (envelope.topic().equals("/tasks/exit")) {
                        exited.accept(Exit.TABLE.read(envelope.event().orElseThrow().value()).process());
                    }
                    reply.ok(new byte[0]);
                });
    }

    /** @param process gets the id of each process that ends, once an event */
    public void whenExited(Consumer<String> process) {
        exited = process;
    }

    /** @throws IllegalStateException when it does not come true within a minute */
    public void turnUntil(BooleanSupplier condition) {
        long started = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.turn(TURN_MILLIS);
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (System.nanoTime() - started > PATIENCE_NANOS) {
                throw new IllegalStateException("what was waited for has not come within a minute");
            }
        }
    }

    /** Lets time go by in which nobody is called. */
    public void rest(long millis) {
        long end = System.nanoTime() + millis * NANOS_OF_A_MILLI;
        turnUntil(() -> System.nanoTime() - end >= 0);
    }

    @Override
    public void close() {
        server.close();
        linux.paths.unlinkat(Fd.CWD, socket.toString(), 0);
        loop.close();
    }
}
