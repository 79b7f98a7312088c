package io.carafe.conformance.ttrpc;

/** The codes of a status: gRPC's, by number. */
public enum Code {
    OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED;

    static Code of(long number) {
        return number >= 0 && number < values().length ? values()[(int) number] : UNKNOWN;
    }
}
