package io.carafe.shim.ttrpc;

import io.carafe.runtime.protobuf.ProtobufException;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.loop.Loop;
import io.carafe.spec.json.Printable;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the answer to one request goes, once, now or later. It is given up when the time has passed that its caller waits, and when the
 * connection has ended.
 */
public final class Reply {

    private static final long NANOS_OF_A_MILLI = 1_000_000;

    private final Connection connection;
    private final int stream;
    private final Consumer<Reply> answered;
    private boolean done;
    private Optional<Loop.Timer> deadline = Optional.empty();
    /** Why nobody waits for it any more. */
    private Optional<String> reason = Optional.empty();
    private Consumer<String> whenGivenUp = why -> { };

    /** @param answered called once, when it is answered or given up */
    Reply(Connection connection, int stream, Consumer<Reply> answered) {
        this.connection = connection;
        this.stream = stream;
        this.answered = answered;
    }

    void expectWithin(Loop loop, long nanos) {
        deadline = Optional.of(loop.after((nanos + NANOS_OF_A_MILLI - 1) / NANOS_OF_A_MILLI, () -> {
            String why = "the caller's time of " + nanos / NANOS_OF_A_MILLI + " ms has passed";
            fail(Code.DEADLINE_EXCEEDED, why);
            abandoned(why);
        }));
    }

    /** The other side has gone. */
    void connectionEnded() {
        if (!done) {
            done = true;
            deadline.ifPresent(Loop.Timer::cancel);
            answered.accept(this);
            abandoned("the caller's connection has ended");
        }
    }

    private void abandoned(String why) {
        reason = Optional.of(why);
        whenGivenUp.accept(why);
    }

    /** What is done for it need not be done any more. @param action gets why; called at once where that is so already, and else once at most */
    public void whenGivenUp(Consumer<String> action) {
        whenGivenUp = action;
        reason.ifPresent(action);
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
        deadline.ifPresent(Loop.Timer::cancel);
        answered.accept(this);
        byte[] data = Response.TABLE.write(response);
        if (data.length > Frame.LONGEST) {
            data = Response.TABLE.write(Response.failed(Code.RESOURCE_EXHAUSTED, "the answer is longer than " + Frame.LONGEST + " bytes"));
        }
        connection.send(new Frame(stream, Frame.RESPONSE, 0, data));
    }
}
