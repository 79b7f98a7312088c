package io.carafe.shim.ttrpc;

import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.INT64;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;

/**
 * ttrpc.Request. The metadata of the caller is passed over.
 *
 * @param timeoutNanos how long the caller waits; 0: for ever
 */
record Request(String service, String method, byte[] payload, long timeoutNanos) {

    static final MessageTable<Request> TABLE = MessageTable.of(row -> new Request(row.next(), row.next(), row.next(), row.next()),
            field(1, TEXT, Request::service),
            field(2, TEXT, Request::method),
            field(3, BYTES, Request::payload),
            field(4, INT64, Request::timeoutNanos));

    /** One whose caller waits for ever. */
    Request(String service, String method, byte[] payload) {
        this(service, method, payload, 0);
    }
}
