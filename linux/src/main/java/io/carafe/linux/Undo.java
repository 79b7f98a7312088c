package io.carafe.linux;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What must be taken back if a later step fails, last in first out.
 *
 * <pre>{@code
 * try (Undo undo = new Undo()) {
 *     Cgroup cgroup = undo.onFailure(Cgroup.make(…), Cgroup::remove);
 *     …
 *     undo.keep();
 * }
 * }</pre>
 *
 * <p>A step back that fails does not stop the ones below it. Its failure is thrown by {@link #close}, so that
 * try-with-resources attaches it to the first failure and never replaces that. One for which there was no memory is taken
 * again when the heap has been collected: what the failed step had built up is garbage by then.
 */
public final class Undo implements AutoCloseable {

    private final Deque<Runnable> steps = new ArrayDeque<>();

    public <T> T onFailure(T thing, Consumer<T> undo) {
        steps.push(() -> undo.accept(thing));
        return thing;
    }

    public void onFailure(Runnable undo) {
        steps.push(undo);
    }

    /** All went well: nothing is taken back. */
    public void keep() {
        steps.clear();
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!steps.isEmpty()) {
            try {
                take(steps.pop());
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** @throws IllegalStateException for an error, too: an image has one OutOfMemoryError for all, and none can be attached to itself */
    private static void take(Runnable step) {
        try {
            try {
                step.run();
            } catch (OutOfMemoryError full) {
                System.gc();
                step.run();
            }
        } catch (Error e) {
            throw new IllegalStateException(Complaint.of(e));
        }
    }
}
