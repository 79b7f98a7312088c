package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;

/**
 * The requests that say nothing but whom they mean: State, Start, Delete, Wait; and, where {@code execId} is no field, Pids, Pause,
 * Resume, Stats, Connect.
 *
 * @param execId empty: the container's init
 */
public record ProcessId(String id, String execId) {

    public static final MessageTable<ProcessId> TABLE = MessageTable.of(row -> new ProcessId(row.next(), row.next()),
            field(1, TEXT, ProcessId::id),
            field(2, TEXT, ProcessId::execId));
}
