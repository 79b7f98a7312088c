package io.carafe.shim.task;

import io.carafe.shim.child.Call;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.ttrpc.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls of the runtime that change one container as a whole: one at a time, in the order in which they came. What only looks, and what
 * concerns a further process alone, waits for none of them; nor does a signal.
 */
final class CallQueue {

    private final Deque<Runnable> calls = new ArrayDeque<>();
    private boolean calling;
    private boolean beginning;
    private int signals;
    private Optional<Runnable> afterSignals = Optional.empty();

    /**
     * Calls later what must not overlap with another call. Each ends with {@link #ending} or {@link #next}, or by what it throws.
     *
     * @param failed gets what it throws
     */
    void whenIdle(Consumer<RuntimeException> failed, Runnable call) {
        calls.add(() -> guarded(failed, call));
        if (!calling) {
            next();
        }
    }

    /** The same for a request, which gets what is thrown. Its turn is passed over when it has been given up by then. */
    void whenIdle(Reply reply, Runnable call) {
        whenIdle(reply::fail, () -> {
            if (reply.isAwaited()) {
                call.run();
            } else {
                next();
            }
        });
    }

    private void guarded(Consumer<RuntimeException> failed, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            try {
                failed.accept(Failures.asException(e));
            } finally {
                next();
            }
        }
    }

    /** Ends a call. One that ends at once comes back here: the next is begun below and not from within, however many there are. */
    void next() {
        calling = false;
        if (beginning) {
            return;
        }
        beginning = true;
        try {
            while (!calling && !calls.isEmpty()) {
                calling = true;
                calls.poll().run();
            }
        } finally {
            beginning = false;
        }
    }

    /** Turns the end of the runtime's call into the end of ours. */
    Consumer<Runtime.Outcome> ending(Consumer<Runtime.Outcome> done) {
        return outcome -> {
            try {
                done.accept(outcome);
            } finally {
                next();
            }
        };
    }

    /** Sends one at once, whatever else is called. @param call gets what is to be done when it has ended */
    Call signal(Function<Consumer<Runtime.Outcome>, Call> call, Consumer<Runtime.Outcome> done) {
        Call begun = call.apply(outcome -> {
            signals--;
            try {
                done.accept(outcome);
            } finally {
                whenNoSignals();
            }
        });
        signals++; // the end of a child is never told before we are back in the loop
        return begun;
    }

    /** Goes on with a call when no signal is on its way any more. */
    void whenNoSignals(Consumer<RuntimeException> failed, Runnable call) {
        afterSignals = Optional.of(() -> guarded(failed, call));
        whenNoSignals();
    }

    private void whenNoSignals() {
        if (signals == 0) {
            Optional<Runnable> call = afterSignals;
            afterSignals = Optional.empty();
            call.ifPresent(Runnable::run);
        }
    }
}
