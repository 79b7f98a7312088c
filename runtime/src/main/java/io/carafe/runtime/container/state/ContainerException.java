package io.carafe.runtime.container.state;

/**
 * What cannot be done with a container as it is. Managers look for some of the words: {@code does not exist},
 * {@code container not running}, {@code already exists}.
 */
public final class ContainerException extends RuntimeException {

    public ContainerException(String message) {
        super(message);
    }

    /** Of an entry of the state root that is not what carafe left there. @param what is wrong with it */
    static ContainerException damaged(String id, String what) {
        return new ContainerException("the state of container \"" + id + "\" is damaged: " + what + " (delete --force removes it)");
    }
}
