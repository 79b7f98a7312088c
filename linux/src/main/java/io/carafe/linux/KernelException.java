package io.carafe.linux;

/**
 * A failed call: operation, object, errno, and a hint for the user.
 *
 * <p>Reads like a line of strace: {@code mount proc on /proc: EPERM: operation not permitted (hint)}.
 */
public final class KernelException extends RuntimeException {

    /** Failures are part of the normal way in some places (a fallback, a probe), so an image does not walk the stack for them. */
    private static final boolean STACK_TRACE = System.getProperty("org.graalvm.nativeimage.imagecode") == null;

    private final String operation;
    private final Errno errno;
    private final String hint;

    private KernelException(String operation, Errno errno, String hint, Throwable cause) {
        super(operation + ": " + errno.name() + ": " + errno.text + (hint.isEmpty() ? "" : " (" + hint + ")"),
                cause, true, STACK_TRACE);
        this.operation = operation;
        this.errno = errno;
        this.hint = hint;
    }

    public KernelException(String operation, Errno errno) {
        this(operation, errno, "", null);
    }

    /** @param result of {@link Kernel#call}, negative */
    public static KernelException of(String operation, long result) {
        return new KernelException(operation, Errno.of((int) -result), "", null);
    }

    /** A result that is no failure. @throws KernelException when it is one */
    public static long check(String operation, long result) {
        if (result < 0) {
            throw of(operation, result);
        }
        return result;
    }

    /** The same failure with its subject in front: {@code outer: operation: …}. */
    public KernelException during(String outer) {
        return carrying(new KernelException(outer + ": " + operation, errno, hint, getCause()));
    }

    /** The same failure under a name that says more than the call's own: {@code mount proc on /proc} for {@code fsmount}. */
    public KernelException as(String operation) {
        return carrying(new KernelException(operation, errno, hint, getCause()));
    }

    /** Adds a hint if the errno is the given one. */
    public KernelException hint(Errno when, String advice) {
        return errno == when && hint.isEmpty() ? carrying(new KernelException(operation, errno, advice, getCause())) : this;
    }

    public boolean is(Errno errno) {
        return this.errno == errno;
    }

    public Errno errno() {
        return errno;
    }

    public String operation() {
        return operation;
    }

    private KernelException carrying(KernelException renamed) {
        for (Throwable also : getSuppressed()) {
            renamed.addSuppressed(also);
        }
        return renamed;
    }
}
