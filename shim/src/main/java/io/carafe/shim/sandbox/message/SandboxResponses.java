package io.carafe.shim.sandbox.message;

import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Timestamp;
import java.util.List;
import java.util.Optional;

/** What the sandbox service answers. */
public final class SandboxResponses {

    private SandboxResponses() {
    }

    /** StartSandboxResponse, without a specification: nothing is run by one. */
    public record Started(int pid, Optional<Timestamp> createdAt) {

        public static final MessageTable<Started> TABLE = MessageTable.of(row -> new Started(row.next(), row.next()),
                field(1, UINT32, Started::pid),
                field(2, message(Timestamp.TABLE), Started::createdAt));
    }

    /** containerd.types.Platform, by Go's names. */
    public record Platform(String os, String architecture) {

        private static final MessageTable<Platform> TABLE = MessageTable.of(row -> new Platform(row.next(), row.next()),
                field(1, TEXT, Platform::os),
                field(2, TEXT, Platform::architecture));

        /** PlatformResponse. */
        public static final MessageTable<Optional<Platform>> RESPONSE = MessageTable.of(row -> row.next(),
                field(1, message(TABLE), platform -> platform));
    }

    /** WaitSandboxResponse. */
    public record Ended(int exitStatus, Optional<Timestamp> exitedAt) {

        public static final MessageTable<Ended> TABLE = MessageTable.of(row -> new Ended(row.next(), row.next()),
                field(1, UINT32, Ended::exitStatus),
                field(2, message(Timestamp.TABLE), Ended::exitedAt));
    }

    /** SandboxStatusResponse. @param state the name of a runtime.v1.PodSandboxState, which the CRI plugin takes no other than */
    public record Status(String id, int pid, String state, List<Pair> info, Optional<Timestamp> createdAt, Optional<Timestamp> exitedAt) {

        public static final MessageTable<Status> TABLE = MessageTable.of(
                row -> new Status(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Status::id),
                field(2, UINT32, Status::pid),
                field(3, TEXT, Status::state),
                field(4, messages(Pair.TABLE), Status::info),
                field(5, message(Timestamp.TABLE), Status::createdAt),
                field(6, message(Timestamp.TABLE), Status::exitedAt));
    }

    /** containerd.types.Metric. */
    public record Metric(Optional<Timestamp> at, String id, Optional<Any> counters) {

        private static final MessageTable<Metric> TABLE = MessageTable.of(row -> new Metric(row.next(), row.next(), row.next()),
                field(1, message(Timestamp.TABLE), Metric::at),
                field(2, TEXT, Metric::id),
                field(3, message(Any.TABLE), Metric::counters));

        /** SandboxMetricsResponse. */
        public static final MessageTable<Optional<Metric>> RESPONSE = MessageTable.of(row -> row.next(),
                field(1, message(TABLE), metric -> metric));
    }
}
