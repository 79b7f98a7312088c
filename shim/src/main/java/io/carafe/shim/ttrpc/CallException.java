package io.carafe.shim.ttrpc;

/** A call that is answered by an error. */
public final class CallException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Code code;

    public CallException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
