package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.List;
import java.util.Optional;

/** The responses of the task service. */
public final class Responses {

    private Responses() {
    }

    /** CreateTaskResponse, StartResponse. */
    public record Pid(int pid) {

        public static final MessageTable<Pid> TABLE = MessageTable.of(row -> new Pid(row.next()),
                field(1, UINT32, Pid::pid));
    }

    /** DeleteResponse; what the action {@code delete} prints, too. */
    public record Deleted(int pid, int exitStatus, Optional<Timestamp> exitedAt) {

        public static final MessageTable<Deleted> TABLE = MessageTable.of(row -> new Deleted(row.next(), row.next(), row.next()),
                field(1, UINT32, Deleted::pid),
                field(2, UINT32, Deleted::exitStatus),
                field(3, message(Timestamp.TABLE), Deleted::exitedAt));
    }

    /** WaitResponse. */
    public record Exited(int exitStatus, Optional<Timestamp> exitedAt) {

        public static final MessageTable<Exited> TABLE = MessageTable.of(row -> new Exited(row.next(), row.next()),
                field(1, UINT32, Exited::exitStatus),
                field(2, message(Timestamp.TABLE), Exited::exitedAt));
    }

    /** StateResponse. @param status the number of a {@link TaskStatus} */
    public record State(String id, String bundle, int pid, int status, String stdin, String stdout, String stderr, boolean terminal,
            int exitStatus, Optional<Timestamp> exitedAt, String execId) {

        public static final MessageTable<State> TABLE = MessageTable.of(
                row -> new State(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                        row.next(), row.next(), row.next()),
                field(1, TEXT, State::id),
                field(2, TEXT, State::bundle),
                field(3, UINT32, State::pid),
                field(4, INT32, State::status),
                field(5, TEXT, State::stdin),
                field(6, TEXT, State::stdout),
                field(7, TEXT, State::stderr),
                field(8, BOOL, State::terminal),
                field(9, UINT32, State::exitStatus),
                field(10, message(Timestamp.TABLE), State::exitedAt),
                field(11, TEXT, State::execId));
    }

    /** containerd.v1.types.ProcessInfo. @param info of a further process: {@link ProcessDetails} */
    public record ProcessInfo(int pid, Optional<Any> info) {

        public static final MessageTable<ProcessInfo> TABLE = MessageTable.of(row -> new ProcessInfo(row.next(), row.next()),
                field(1, UINT32, ProcessInfo::pid),
                field(2, message(Any.TABLE), ProcessInfo::info));
    }

    /** containerd.runc.v1.ProcessDetails. */
    public record ProcessDetails(String execId) {

        public static final String TYPE = "containerd.runc.v1.ProcessDetails";
        public static final MessageTable<ProcessDetails> TABLE = MessageTable.of(row -> new ProcessDetails(row.next()),
                field(1, TEXT, ProcessDetails::execId));
    }

    /** PidsResponse. */
    public record Pids(List<ProcessInfo> processes) {

        public static final MessageTable<Pids> TABLE = MessageTable.of(row -> new Pids(row.next()),
                field(1, messages(ProcessInfo.TABLE), Pids::processes));
    }

    /** StatsResponse. */
    public record Stats(Optional<Any> stats) {

        public static final MessageTable<Stats> TABLE = MessageTable.of(row -> new Stats(row.next()),
                field(1, message(Any.TABLE), Stats::stats));
    }

    /** ConnectResponse. */
    public record Connected(int shimPid, int taskPid, String version) {

        public static final MessageTable<Connected> TABLE = MessageTable.of(row -> new Connected(row.next(), row.next(), row.next()),
                field(1, UINT32, Connected::shimPid),
                field(2, UINT32, Connected::taskPid),
                field(3, TEXT, Connected::version));
    }
}
