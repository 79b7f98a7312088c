package io.carafe.spec.state;

/** Where a container is in its life. The specification lets runtimes add words; every runtime has added {@code paused}. */
public enum Status {
    CREATING("creating"),
    CREATED("created"),
    RUNNING("running"),
    PAUSED("paused"),
    STOPPED("stopped");

    private final String text;

    Status(String text) {
        this.text = text;
    }

    /** The specification's word. */
    public String text() {
        return text;
    }
}
