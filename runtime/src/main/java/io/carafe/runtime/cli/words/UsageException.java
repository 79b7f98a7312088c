package io.carafe.runtime.cli.words;

/** Words that carafe does not understand. */
public final class UsageException extends RuntimeException {

    public UsageException(String message) {
        super(message);
    }
}
