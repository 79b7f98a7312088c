package io.carafe.shim.ttrpc;

/** What became of a call, by the numbers of google.rpc.Code. containerd makes its own kinds of errors of them. */
public enum Code {
    OK(0),
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    UNIMPLEMENTED(12);

    public final int number;

    Code(int number) {
        this.number = number;
    }
}
