package io.carafe.conformance.ttrpc;

/**
 * What a call came to.
 *
 * @param message of the status; empty when all went well
 * @param payload the response; empty when it is an error
 */
public record Reply(Code code, String message, byte[] payload) {

    static Reply of(Message response) {
        Message status = response.message("status");
        return new Reply(Code.of(status.number("code")), status.text("message"), response.bytes("payload"));
    }

    public boolean isOk() {
        return code == Code.OK;
    }

    /** {@code OK}, or the code and the message. */
    public String outcome() {
        return isOk() ? "OK" : code + ": " + message;
    }
}
