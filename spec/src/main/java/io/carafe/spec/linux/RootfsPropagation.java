package io.carafe.spec.linux;

/**
 * The root mount's propagation, mount_namespaces(7). The specification has the first four words; the recursive ones are
 * written by docker and podman, and runc takes them.
 */
public enum RootfsPropagation {
    PRIVATE("private"),
    SHARED("shared"),
    SLAVE("slave"),
    UNBINDABLE("unbindable"),
    RPRIVATE("rprivate"),
    RSHARED("rshared"),
    RSLAVE("rslave"),
    RUNBINDABLE("runbindable");

    private final String text;

    RootfsPropagation(String text) {
        this.text = text;
    }

    /** The word in config.json. */
    public String text() {
        return text;
    }
}
