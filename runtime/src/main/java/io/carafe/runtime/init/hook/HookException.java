package io.carafe.runtime.init.hook;

/** A hook that failed, with what it said on stderr. */
public final class HookException extends RuntimeException {

    /** @param message which hook failed, how, and what it said */
    public HookException(String message) {
        super(message);
    }
}
