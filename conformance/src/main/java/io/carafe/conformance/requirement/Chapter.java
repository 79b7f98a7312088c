package io.carafe.conformance.requirement;

/** The files of the specification that have requirements for Linux, in the order in which it introduces them. */
public enum Chapter {
    BUNDLE("bundle", "Filesystem bundle"),
    RUNTIME("runtime", "Runtime and lifecycle"),
    RUNTIME_LINUX("runtime-linux", "Linux runtime"),
    CONFIG("config", "Configuration"),
    CONFIG_LINUX("config-linux", "Linux configuration"),
    FEATURES("features", "Features"),
    FEATURES_LINUX("features-linux", "Linux features"),
    /** Not of the specification: what its callers need. */
    MANAGERS("managers", "Managers"),
    /** Not of the specification: attacks of the past. */
    SECURITY("security", "Security"),
    /** Not of the specification: what containerd needs of a shim. */
    SHIM("shim", "Shim");

    /** The name of its list of requirements, and what their ids begin with. */
    public final String name;
    public final String title;
    public final String file;

    Chapter(String name, String title) {
        this.name = name;
        this.title = title;
        this.file = name + ".md";
    }

    public boolean ofSpecification() {
        return this != MANAGERS && this != SECURITY && this != SHIM;
    }
}
