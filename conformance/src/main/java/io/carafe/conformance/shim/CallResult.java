package io.carafe.conformance.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import org.junit.jupiter.api.Assertions;

/** The response to one ttrpc call, or its error. */
public record CallResult(Method method, Reply reply) {

    /** The response; the test fails when it is an error. */
    public Message response() {
        if (!reply.isOk()) {
            Assertions.fail(method.text + " fails: " + reply.outcome());
        }
        return Message.parse(method.response, reply.payload());
    }

    public boolean isOk() {
        return reply.isOk();
    }

    /** It has to be an error, of any code. */
    public void fails() {
        Expect.that(!reply.isOk(), method.text + " is no error");
    }

    public void fails(Code code) {
        fails();
        Expect.that(reply.code() == code, method.text + ": expected " + code + ", seen " + reply.outcome());
    }
}
