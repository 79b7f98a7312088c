package io.carafe.shim.ttrpc;

import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.Optional;

/** ttrpc.Response. @param status absent: the call went well */
public record Response(Optional<Status> status, byte[] payload) {

    /** google.rpc.Status. @param code the number of a {@link Code} */
    public record Status(int code, String message) {

        static final MessageTable<Status> TABLE = MessageTable.of(row -> new Status(row.next(), row.next()),
                field(1, INT32, Status::code),
                field(2, TEXT, Status::message));
    }

    static final MessageTable<Response> TABLE = MessageTable.of(row -> new Response(row.next(), row.next()),
            field(1, message(Status.TABLE), Response::status),
            field(2, BYTES, Response::payload));

    static Response ok(byte[] payload) {
        return new Response(Optional.empty(), payload);
    }

    static Response failed(Code code, String message) {
        return new Response(Optional.of(new Status(code.number, message)), new byte[0]);
    }

    public boolean isOk() {
        return status.isEmpty() || status.get().code() == Code.OK.number;
    }
}
