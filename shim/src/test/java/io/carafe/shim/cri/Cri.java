package io.carafe.shim.cri;

import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.INT64;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A kubelet's part of runtime.v1.RuntimeService. */
final class Cri implements AutoCloseable {

    static final int RUNNING = 1;
    static final int EXITED = 2;
    private static final int PATIENCE_SECONDS = 180;

    private static final MethodDescriptor.Marshaller<byte[]> PLAIN = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final MessageTable<String> ID = MessageTable.of(row -> row.next(), field(1, TEXT, id -> id));

    /** ExecSyncResponse. */
    record Executed(String stdout, String stderr, int exitCode) {
        private static final MessageTable<Executed> TABLE = MessageTable.of(row -> new Executed(row.next(), row.next(), row.next()),
                field(1, TEXT, Executed::stdout), field(2, TEXT, Executed::stderr), field(3, INT32, Executed::exitCode));
    }

    /** ContainerStatus. @param reason why it ended, as {@code OOMKilled} */
    record Status(int state, int exitCode, String reason) {
        private static final MessageTable<Status> TABLE = MessageTable.of(row -> new Status(row.next(), row.next(), row.next()),
                field(3, INT32, Status::state), field(7, INT32, Status::exitCode), field(10, TEXT, Status::reason));
    }

    private static final MessageTable<Optional<Status>> STATUS = MessageTable.of(row -> row.next(),
            field(1, message(Status.TABLE), status -> status));
    private static final MessageTable<Integer> POD_STATE = MessageTable.of(row -> row.next(), field(3, INT32, state -> state));
    private static final MessageTable<Optional<Integer>> POD_STATUS = MessageTable.of(row -> row.next(),
            field(1, message(POD_STATE), status -> status));
    private static final MessageTable<Long> VALUE = MessageTable.of(row -> row.next(), field(1, INT64, value -> value));
    private static final MessageTable<Optional<Long>> USAGE = MessageTable.of(row -> row.next(), field(2, message(VALUE), value -> value));
    private static final MessageTable<Optional<Optional<Long>>> STATS = MessageTable.of(row -> row.next(), field(3, message(USAGE), value -> value));
    private static final MessageTable<Optional<Optional<Optional<Long>>>> STATS_RESPONSE = MessageTable.of(row -> row.next(),
            field(1, message(STATS), value -> value));

    private final EpollEventLoopGroup group = new EpollEventLoopGroup(1);
    private final ManagedChannel channel;
    private final Path logs;

    Cri(Path socket, Path logs) {
        this.logs = logs;
        channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString())).eventLoopGroup(group)
                .channelType(EpollDomainSocketChannel.class).usePlaintext().build();
    }

    private byte[] call(String method, Consumer<ProtoWriter> request) {
        ProtoWriter out = new ProtoWriter();
        request.accept(out);
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("runtime.v1.RuntimeService/" + method)
                .setRequestMarshaller(PLAIN).setResponseMarshaller(PLAIN).build();
        return ClientCalls.blockingUnaryCall(channel, descriptor,
                CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS), out.toBytes());
    }

    String runPod(PodConfig pod) {
        return ID.read(call("RunPodSandbox", request -> {
            request.message(1, config -> pod.write(config, logs));
            request.text(2, "carafe");
        }));
    }

    String create(String sandbox, PodConfig pod, ContainerConfig container) {
        return ID.read(call("CreateContainer", request -> {
            request.text(1, sandbox);
            request.message(2, container::write);
            request.message(3, config -> pod.write(config, logs));
        }));
    }

    /** Creates and starts one. */
    String run(String sandbox, PodConfig pod, ContainerConfig container) {
        String id = create(sandbox, pod, container);
        start(id);
        return id;
    }

    void start(String container) {
        call("StartContainer", request -> request.text(1, container));
    }

    Executed exec(String container, String... words) {
        return exec(container, PATIENCE_SECONDS, words);
    }

    /** @param timeout in seconds, after which the call fails and the process is killed */
    Executed exec(String container, int timeout, String... words) {
        return Executed.TABLE.read(call("ExecSync", request -> {
            request.text(1, container);
            for (String word : words) {
                request.text(2, word);
            }
            request.integer(3, timeout);
        }));
    }

    Status status(String container) {
        return STATUS.read(call("ContainerStatus", request -> request.text(1, container))).orElseThrow();
    }

    /** In bytes. */
    long workingSet(String container) {
        return STATS_RESPONSE.read(call("ContainerStats", request -> request.text(1, container)))
                .orElseThrow().orElseThrow().orElseThrow();
    }

    /** @param timeout in seconds, after which SIGKILL follows the image's signal */
    void stop(String container, int timeout) {
        call("StopContainer", request -> {
            request.text(1, container);
            request.integer(2, timeout);
        });
    }

    /** @param resources LinuxContainerResources */
    void update(String container, Consumer<ProtoWriter> resources) {
        call("UpdateContainerResources", request -> {
            request.text(1, container);
            request.message(2, resources);
        });
    }

    void reopenLog(String container) {
        call("ReopenContainerLog", request -> request.text(1, container));
    }

    /** Where to speak with a process that will be executed. */
    String urlOfExec(String container, boolean terminal, String... words) {
        return ID.read(call("Exec", request -> {
            request.text(1, container);
            for (String word : words) {
                request.text(2, word);
            }
            streams(request, 3, terminal);
        }));
    }

    /** Where to speak with the process of a container. */
    String urlOfAttach(String container, boolean terminal) {
        return ID.read(call("Attach", request -> {
            request.text(1, container);
            request.bool(2, true);
            request.bool(3, terminal);
            request.bool(4, true);
            request.bool(5, !terminal);
        }));
    }

    /** A terminal has one stream for both outputs. */
    private static void streams(ProtoWriter request, int first, boolean terminal) {
        request.bool(first, terminal);
        request.bool(first + 1, true);
        request.bool(first + 2, true);
        request.bool(first + 3, !terminal);
    }

    String urlOfPortForward(String sandbox, int port) {
        return ID.read(call("PortForward", request -> {
            request.text(1, sandbox);
            request.integers(2, new long[] {port});
        }));
    }

    void remove(String container) {
        call("RemoveContainer", request -> request.text(1, container));
    }

    /** Whether the sandbox is ready: PodSandboxState 0. */
    boolean isReady(String pod) {
        return POD_STATUS.read(call("PodSandboxStatus", request -> request.text(1, pod))).orElseThrow() == 0;
    }

    void removePod(String pod) {
        call("StopPodSandbox", request -> request.text(1, pod));
        call("RemovePodSandbox", request -> request.text(1, pod));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        group.shutdownGracefully();
    }
}
