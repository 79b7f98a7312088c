package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXTS;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.name.AbsolutePath;
import java.util.List;
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

    /** CheckpointTaskRequest. @param path of the images */
    public record CheckpointTask(String id, String path, Optional<Any> options) {

        public static final MessageTable<CheckpointTask> TABLE = MessageTable.of(row -> new CheckpointTask(row.next(), row.next(), row.next()),
                field(1, TEXT, CheckpointTask::id),
                field(2, TEXT, CheckpointTask::path),
                field(3, message(Any.TABLE), CheckpointTask::options));
    }

    /**
     * containerd.runc.v1.CheckpointOptions.
     *
     * @param exit whether the task ends with it
     * @param terminal whether its terminal is one of the outside
     * @param imagePath where the images go, in the place of the request's own path
     * @param workPath where CRIU writes its log
     */
    public record CheckpointOptions(boolean exit, boolean openTcp, boolean externalUnixSockets, boolean terminal, boolean fileLocks,
            List<String> emptyNamespaces, String cgroupsMode, String imagePath, String workPath) {

        public static final String TYPE = "containerd.runc.v1.CheckpointOptions";

        private static final MessageTable<CheckpointOptions> TABLE = MessageTable.of(
                row -> new CheckpointOptions(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
                field(1, BOOL, CheckpointOptions::exit),
                field(2, BOOL, CheckpointOptions::openTcp),
                field(3, BOOL, CheckpointOptions::externalUnixSockets),
                field(4, BOOL, CheckpointOptions::terminal),
                field(5, BOOL, CheckpointOptions::fileLocks),
                field(6, TEXTS, CheckpointOptions::emptyNamespaces),
                field(7, TEXT, CheckpointOptions::cgroupsMode),
                field(8, TEXT, CheckpointOptions::imagePath),
                field(9, TEXT, CheckpointOptions::workPath));

        private static final CheckpointOptions NONE = TABLE.read(new byte[0]);

        /** What a request brought; options of another type are none. @throws IllegalArgumentException for a path that is not absolute */
        public static CheckpointOptions of(Optional<Any> any) {
            CheckpointOptions options = any.filter(one -> one.is(TYPE)).map(one -> TABLE.read(one.value())).orElse(NONE);
            AbsolutePath.orEmpty("options: ImagePath", options.imagePath);
            AbsolutePath.orEmpty("options: WorkPath", options.workPath);
            return options;
        }
    }

    /** ShutdownRequest. */
    public record Shutdown(String id, boolean now) {

        public static final MessageTable<Shutdown> TABLE = MessageTable.of(row -> new Shutdown(row.next(), row.next()),
                field(1, TEXT, Shutdown::id),
                field(2, BOOL, Shutdown::now));
    }
}
