package io.carafe.runtime.cli;

/** Words that carafe does not understand. */
final class UsageException extends RuntimeException {

    UsageException(String message) {
        super(message);
    }
}
