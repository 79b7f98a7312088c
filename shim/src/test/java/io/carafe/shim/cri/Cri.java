package io.carafe.shim.cri;

import static io.carafe.shim.protobuf.FieldType.INT32;
import static io.carafe.shim.protobuf.FieldType.INT64;
import static io.carafe.shim.protobuf.FieldType.TEXT;
import static io.carafe.shim.protobuf.FieldType.message;
import static io.carafe.shim.protobuf.MessageTable.field;

import io.carafe.shim.protobuf.MessageTable;
import io.carafe.shim.protobuf.ProtoWriter;
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

/** A kubelet's part of runtime.v1.RuntimeService: a pod in the host's network, as no network plugin is there. */
final class Cri implements AutoCloseable {

    static final int RUNNING = 1;
    static final int EXITED = 2;
    private static final int NODE = 2;
    private static final int CONTAINER = 1;
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

    /** ContainerStatus. */
    record Status(int state, int exitCode) {
        private static final MessageTable<Status> TABLE = MessageTable.of(row -> new Status(row.next(), row.next()),
                field(3, INT32, Status::state), field(7, INT32, Status::exitCode));
    }

    private static final MessageTable<Optional<Status>> STATUS = MessageTable.of(row -> row.next(),
            field(1, message(Status.TABLE), status -> status));
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

    /** Of all but the network, where the pod has its own. @param sharedPids whether the containers of the pod see each other */
    private static void namespaces(ProtoWriter options, boolean sharedPids) {
        options.integer(1, NODE);
        options.integer(2, sharedPids ? 0 : CONTAINER);
    }

    private void pod(ProtoWriter config, boolean sharedPids) {
        config.message(1, metadata -> {
            metadata.text(1, "pod");
            metadata.text(2, "uid");
            metadata.text(3, "namespace");
        });
        config.text(3, logs.toString());
        config.message(8, linux -> linux.message(2, security -> security.message(1, options -> namespaces(options, sharedPids))));
    }

    String runPod(boolean sharedPids) {
        return ID.read(call("RunPodSandbox", request -> {
            request.message(1, config -> pod(config, sharedPids));
            request.text(2, "carafe");
        }));
    }

    /** Creates and starts one whose process is a script. */
    String run(String pod, String name, boolean sharedPids, String script) {
        String id = ID.read(call("CreateContainer", request -> {
            request.text(1, pod);
            request.message(2, config -> {
                config.message(1, metadata -> metadata.text(1, name));
                config.message(2, image -> image.text(1, Containerd.IMAGE));
                config.text(3, "sh");
                config.text(4, "-c");
                config.text(4, script);
                config.text(11, name + ".log");
                config.message(15, linux -> linux.message(2, security -> security.message(3, options -> namespaces(options, sharedPids))));
            });
            request.message(3, config -> pod(config, sharedPids));
        }));
        call("StartContainer", request -> request.text(1, id));
        return id;
    }

    Executed exec(String container, String... words) {
        return Executed.TABLE.read(call("ExecSync", request -> {
            request.text(1, container);
            for (String word : words) {
                request.text(2, word);
            }
            request.integer(3, PATIENCE_SECONDS);
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

    void stop(String container) {
        call("StopContainer", request -> {
            request.text(1, container);
            request.integer(2, 1);
        });
    }

    void remove(String container) {
        call("RemoveContainer", request -> request.text(1, container));
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
