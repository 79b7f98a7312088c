package io.carafe.runtime.rootfs.overlay;

import java.util.Map;
import java.util.Optional;

/** The annotations that make a root of layers, a row each. */
public enum RootfsAnnotation {
    LOWER("lower", "the layers, the topmost first, separated by ':'; '\\' takes the meaning from a ':' or '\\' behind it"),
    UPPER("upper", "the directory that takes the changes; absent: a tmpfs that goes with the container"),
    WORK("work", "an empty directory on the file system of the upper one, for overlayfs itself"),
    VOLATILE("volatile", "true: what is written to the upper directory need not survive a crash of the host (Linux 5.10)");

    private static final String PREFIX = "io.carafe.rootfs.";

    private final String text;
    private final String meaning;

    RootfsAnnotation(String name, String meaning) {
        this.text = PREFIX + name;
        this.meaning = meaning;
    }

    /** The key in config.json. */
    public String text() {
        return text;
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }

    String property() {
        return "annotations[\"" + text + "\"]";
    }

    Optional<String> in(Map<String, String> annotations) {
        return Optional.ofNullable(annotations.get(text));
    }
}
