package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.Optional;

/** ExecProcessRequest. @param spec the specification's process object, as JSON */
public record ExecProcess(String id, String execId, boolean terminal, String stdin, String stdout, String stderr, Optional<Any> spec) {

    public static final MessageTable<ExecProcess> TABLE = MessageTable.of(
            row -> new ExecProcess(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            field(1, TEXT, ExecProcess::id),
            field(2, TEXT, ExecProcess::execId),
            field(3, BOOL, ExecProcess::terminal),
            field(4, TEXT, ExecProcess::stdin),
            field(5, TEXT, ExecProcess::stdout),
            field(6, TEXT, ExecProcess::stderr),
            field(7, message(Any.TABLE), ExecProcess::spec));
}
