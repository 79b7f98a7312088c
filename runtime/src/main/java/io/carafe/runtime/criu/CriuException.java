package io.carafe.runtime.criu;

/** CRIU is not there, is too old, or has failed; with its own words where it left some. */
public final class CriuException extends RuntimeException {

    public CriuException(String message) {
        super(message);
    }
}
