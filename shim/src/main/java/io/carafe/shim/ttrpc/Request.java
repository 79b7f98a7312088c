package io.carafe.shim.ttrpc;

import static io.carafe.shim.protobuf.FieldType.BYTES;
import static io.carafe.shim.protobuf.FieldType.TEXT;
import static io.carafe.shim.protobuf.MessageTable.field;

import io.carafe.shim.protobuf.MessageTable;

/** ttrpc.Request. The timeout and the metadata of the caller are passed over: it counts the time itself. */
record Request(String service, String method, byte[] payload) {

    static final MessageTable<Request> TABLE = MessageTable.of(row -> new Request(row.next(), row.next(), row.next()),
            field(1, TEXT, Request::service),
            field(2, TEXT, Request::method),
            field(3, BYTES, Request::payload));
}
