package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.Optional;

/** The small requests of the task service. */
public final class Requests {

    private Requests() {
    }

    /** KillRequest. */
    public record Kill(String id, String execId, int signal, boolean all) {

        public static final MessageTable<Kill> TABLE = MessageTable.of(row -> new Kill(row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Kill::id),
                field(2, TEXT, Kill::execId),
                field(3, UINT32, Kill::signal),
                field(4, BOOL, Kill::all));
    }

    /** CloseIORequest. */
    public record CloseIO(String id, String execId, boolean stdin) {

        public static final MessageTable<CloseIO> TABLE = MessageTable.of(row -> new CloseIO(row.next(), row.next(), row.next()),
                field(1, TEXT, CloseIO::id),
                field(2, TEXT, CloseIO::execId),
                field(3, BOOL, CloseIO::stdin));
    }

    /** ResizePtyRequest, in characters. */
    public record ResizePty(String id, String execId, int width, int height) {

        public static final MessageTable<ResizePty> TABLE = MessageTable.of(
                row -> new ResizePty(row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, ResizePty::id),
                field(2, TEXT, ResizePty::execId),
                field(3, UINT32, ResizePty::width),
                field(4, UINT32, ResizePty::height));
    }

    /** UpdateTaskRequest. @param resources the specification's linux.resources, as JSON */
    public record UpdateTask(String id, Optional<Any> resources) {

        public static final MessageTable<UpdateTask> TABLE = MessageTable.of(row -> new UpdateTask(row.next(), row.next()),
                field(1, TEXT, UpdateTask::id),
                field(2, message(Any.TABLE), UpdateTask::resources));
    }

    /** ShutdownRequest. */
    public record Shutdown(String id, boolean now) {

        public static final MessageTable<Shutdown> TABLE = MessageTable.of(row -> new Shutdown(row.next(), row.next()),
                field(1, TEXT, Shutdown::id),
                field(2, BOOL, Shutdown::now));
    }
}
