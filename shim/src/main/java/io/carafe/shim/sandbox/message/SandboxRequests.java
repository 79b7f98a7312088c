package io.carafe.shim.sandbox.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask.Mount;
import java.util.List;
import java.util.Optional;

/** What containerd asks of the sandbox service. */
public final class SandboxRequests {

    private SandboxRequests() {
    }

    /**
     * CreateSandboxRequest.
     *
     * @param options a {@link PodConfig}, where the CRI plugin asks
     * @param network the file of a network namespace; empty: none is there yet
     */
    public record Create(String id, String bundle, List<Mount> rootfs, Optional<Any> options, String network, List<Pair> annotations) {

        public static final MessageTable<Create> TABLE = MessageTable.of(
                row -> new Create(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Create::id),
                field(2, TEXT, Create::bundle),
                field(3, messages(Mount.TABLE), Create::rootfs),
                field(4, message(Any.TABLE), Create::options),
                field(5, TEXT, Create::network),
                field(6, messages(Pair.TABLE), Create::annotations));
    }

    /** The requests that say nothing but whom they mean: Start, Platform, Wait, Status, Ping, Shutdown, Metrics. */
    public record Id(String id) {

        public static final MessageTable<Id> TABLE = MessageTable.of(row -> new Id(row.next()),
                field(1, TEXT, Id::id));
    }

    /** StopSandboxRequest. @param timeout in seconds; 0: none is said */
    public record Stop(String id, int timeout) {

        public static final MessageTable<Stop> TABLE = MessageTable.of(row -> new Stop(row.next(), row.next()),
                field(1, TEXT, Stop::id),
                field(2, UINT32, Stop::timeout));
    }

    /** SandboxStatusRequest. */
    public record Status(String id, boolean verbose) {

        public static final MessageTable<Status> TABLE = MessageTable.of(row -> new Status(row.next(), row.next()),
                field(1, TEXT, Status::id),
                field(2, BOOL, Status::verbose));
    }
}
