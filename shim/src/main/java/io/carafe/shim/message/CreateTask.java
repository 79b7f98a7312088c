package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXTS;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.List;
import java.util.Optional;

/** CreateTaskRequest. */
public record CreateTask(String id, String bundle, List<Mount> rootfs, boolean terminal, String stdin, String stdout, String stderr,
        String checkpoint, Optional<Any> options) {

    /** containerd.types.Mount: what a snapshotter wants mounted, in the words of mount(8). */
    public record Mount(String type, String source, String target, List<String> options) {

        public static final MessageTable<Mount> TABLE = MessageTable.of(
                row -> new Mount(row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Mount::type),
                field(2, TEXT, Mount::source),
                field(3, TEXT, Mount::target),
                field(4, TEXTS, Mount::options));
    }

    public static final MessageTable<CreateTask> TABLE = MessageTable.of(
            row -> new CreateTask(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                    row.next()),
            field(1, TEXT, CreateTask::id),
            field(2, TEXT, CreateTask::bundle),
            field(3, messages(Mount.TABLE), CreateTask::rootfs),
            field(4, BOOL, CreateTask::terminal),
            field(5, TEXT, CreateTask::stdin),
            field(6, TEXT, CreateTask::stdout),
            field(7, TEXT, CreateTask::stderr),
            field(8, TEXT, CreateTask::checkpoint),
            field(10, message(Any.TABLE), CreateTask::options));
}
