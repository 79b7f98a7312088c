package io.carafe.runtime.protobuf;

/** Bytes that are no message. */
public final class ProtobufException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ProtobufException(String complaint) {
        super("protobuf: " + complaint);
    }
}
