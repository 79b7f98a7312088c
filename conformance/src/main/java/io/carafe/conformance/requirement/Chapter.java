package io.carafe.conformance.requirement;

import java.util.Arrays;
import java.util.List;

/** The files of the specification that have requirements for Linux, in the order in which it introduces them. */
public enum Chapter {
    GLOSSARY("glossary", "Glossary"),
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
    /** Not of the specification: what an ordinary user can have of a runtime. */
    ROOTLESS("rootless", "Rootless"),
    /** Not of the specification: two operations at once. */
    LIFECYCLE_STRESS("lifecycle-stress", "Lifecycle under stress"),
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

    /** What is asked beyond the specification. */
    public static List<Chapter> beyond() {
        return Arrays.stream(values()).filter(chapter -> !chapter.ofSpecification()).toList();
    }

    public boolean ofSpecification() {
        return ordinal() < MANAGERS.ordinal();
    }
}
