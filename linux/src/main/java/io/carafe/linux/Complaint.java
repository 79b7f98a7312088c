package io.carafe.linux;

/** The text of any failure. Errors of the virtual machine get a sentence, too. */
public final class Complaint {

    private Complaint() {
    }

    /** @return one text; where the failure has none, the name of its class */
    public static String of(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "out of memory: the document is too large for this machine, or RLIMIT_AS or RLIMIT_DATA is too small";
        }
        if (failure instanceof StackOverflowError) {
            return "out of stack: something is nested too deeply, or RLIMIT_STACK is too small";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** The same, with the failures of the undo steps. @param also the text before each of them */
    public static String of(Throwable failure, String also) {
        StringBuilder text = new StringBuilder(of(failure));
        for (Throwable further : failure.getSuppressed()) {
            text.append(also).append(of(further));
        }
        return text.toString();
    }
}
