package io.carafe.runtime.init.namespace;

/** What went wrong before the init was born, in the words of who went before it. */
public final class ForerunnerException extends RuntimeException {

    ForerunnerException(String message) {
        super(message);
    }
}
