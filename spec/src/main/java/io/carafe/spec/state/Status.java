package io.carafe.spec.state;

/** The status of a container. The specification allows further values; every runtime has added {@code paused}. */
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
