package io.carafe.runtime.container.state;

/**
 * What cannot be done with a container as it is. Managers look for some of the words: {@code does not exist},
 * {@code container not running}, {@code already exists}.
 */
public final class ContainerException extends RuntimeException {

    public ContainerException(String message) {
        super(message);
    }
}
