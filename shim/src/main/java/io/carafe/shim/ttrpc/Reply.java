package io.carafe.shim.ttrpc;

import io.carafe.shim.loop.Failures;
import io.carafe.shim.protobuf.ProtobufException;
import io.carafe.spec.json.Printable;

/** Where the answer to one request goes, once, now or later. */
public final class Reply {

    private final Connection connection;
    private final int stream;
    private final Runnable answered;
    private boolean done;

    Reply(Connection connection, int stream, Runnable answered) {
        this.connection = connection;
        this.stream = stream;
        this.answered = answered;
    }

    /** Whether somebody still waits for it. */
    public boolean isAwaited() {
        return !done && connection.isOpen();
    }

    public void ok(byte[] payload) {
        send(Response.ok(payload));
    }

    public void fail(Code code, String message) {
        send(Response.failed(code, Printable.line(message)));
    }

    public void fail(RuntimeException e) {
        Code code = e instanceof CallException call ? call.code() : Failures.isExhaustion(e) ? Code.RESOURCE_EXHAUSTED
                : e instanceof IllegalArgumentException || e instanceof ProtobufException ? Code.INVALID_ARGUMENT : Code.UNKNOWN;
        fail(code, Failures.message(e));
    }

    private void send(Response response) {
        if (done) {
            return;
        }
        done = true;
        answered.run();
        byte[] data = Response.TABLE.write(response);
        if (data.length > Frame.LONGEST) {
            data = Response.TABLE.write(Response.failed(Code.RESOURCE_EXHAUSTED, "the answer is longer than " + Frame.LONGEST + " bytes"));
        }
        connection.send(new Frame(stream, Frame.RESPONSE, 0, data));
    }
}
