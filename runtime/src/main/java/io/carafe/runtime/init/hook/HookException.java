package io.carafe.runtime.init.hook;

/** A hook that failed, with what it said on stderr. */
public final class HookException extends RuntimeException {

    HookException(String message) {
        super(message);
    }
}
