package io.carafe.shim.message;

import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;

/** google.protobuf.Any. The value need not be protobuf: containerd puts the specification's JSON there, too. */
public record Any(String typeUrl, byte[] value) {

    public static final MessageTable<Any> TABLE = MessageTable.of(row -> new Any(row.next(), row.next()),
            field(1, TEXT, Any::typeUrl),
            field(2, BYTES, Any::value));

    /** Whether it is of a type, whatever stands in front of its name, as {@code types.containerd.io/}. */
    public boolean is(String type) {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1).equals(type);
    }
}
