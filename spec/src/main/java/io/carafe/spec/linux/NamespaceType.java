package io.carafe.spec.linux;

/** The types of namespaces(7), by the specification's words. */
public enum NamespaceType {
    PID("pid"),
    NETWORK("network"),
    MOUNT("mount"),
    IPC("ipc"),
    UTS("uts"),
    USER("user"),
    CGROUP("cgroup"),
    TIME("time");

    private final String text;

    NamespaceType(String text) {
        this.text = text;
    }

    /** The specification's word. */
    public String text() {
        return text;
    }
}
