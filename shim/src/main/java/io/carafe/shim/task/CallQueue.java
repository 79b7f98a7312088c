package io.carafe.shim.task;

import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/** Calls of the runtime for one container: one at a time, in the order in which they came, but for signals. */
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
    void signal(Consumer<Consumer<Runtime.Outcome>> call, Consumer<Runtime.Outcome> done) {
        call.accept(outcome -> {
            signals--;
            try {
                done.accept(outcome);
            } finally {
                whenNoSignals();
            }
        });
        signals++; // the end of a child is never told before we are back in the loop
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
