package io.carafe.shim.loop;

import io.carafe.linux.Complaint;
import io.carafe.spec.json.Printable;

/** What went wrong, in a form that can be told: one line, whatever texts of others are in it, and no Error that would end a shim. */
public final class Failures {

    private Failures() {
    }

    /**
     * An Error of the virtual machine concerns whoever asked for too much, and nobody else: by the time it arrives here, what was
     * allocated, or called, is let go of.
     */
    public static RuntimeException asException(Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            return exception;
        }
        return new IllegalStateException(failure instanceof VirtualMachineError ? Complaint.of(failure) : failure.toString(), failure);
    }

    /** Whether too much was asked for. */
    public static boolean isExhaustion(RuntimeException failure) {
        return failure.getCause() instanceof VirtualMachineError;
    }

    /** One line, with what others have put into it quoted. */
    public static String message(Throwable failure) {
        return Printable.line(Complaint.of(failure));
    }
}
