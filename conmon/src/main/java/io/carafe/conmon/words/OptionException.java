package io.carafe.conmon.words;

/** A word that the command line cannot have, told as GOption tells it. */
public final class OptionException extends RuntimeException {

    OptionException(String message) {
        super(message);
    }
}
