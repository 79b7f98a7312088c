package io.carafe.runtime.init;

import io.carafe.linux.KernelException;

/** What went wrong with the init since its birth, mostly in its own words; or that it is gone without a word. */
public final class InitException extends RuntimeException {

    private final boolean gone;

    InitException(String message) {
        this(message, false);
    }

    /** What failed here when there was a child already. */
    InitException(KernelException failure) {
        this(failure.getMessage(), false);
        initCause(failure);
    }

    private InitException(String message, boolean gone) {
        super(message);
        this.gone = gone;
    }

    static InitException gone() {
        return new InitException("the init is gone", true);
    }

    /** The socket ended: the process at its other side executed another program, or died. */
    boolean isGone() {
        return gone;
    }
}
