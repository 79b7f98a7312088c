package io.carafe.runtime.rootfs.overlay;

import io.carafe.spec.json.SpecException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The annotations that make a root of layers, and the options {@code --overlay}, a row each. */
public enum RootfsAnnotation {
    LOWER("lower", "DIR[:DIR...]", "the layers, the topmost first, separated by ':'; '\\' takes the meaning from a ':' or '\\' behind it"),
    UPPER("upper", "DIR", "the directory that takes the changes; absent: a tmpfs that goes with the container"),
    WORK("work", "DIR", "an empty directory on the file system of the upper one, for overlayfs itself"),
    VOLATILE("volatile", "", "true: what is written to the upper directory need not survive a crash of the host (Linux 5.10)");

    /** What all of them begin with. */
    public static final String PREFIX = "io.carafe.rootfs.";

    private final String option;
    private final String text;
    /** Empty: the option may stand alone, for true. */
    private final String argument;
    private final String meaning;

    RootfsAnnotation(String name, String argument, String meaning) {
        this.option = name;
        this.text = PREFIX + name;
        this.argument = argument;
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

    /** What {@code --overlay} takes, in one line. */
    public static String options() {
        StringBuilder text = new StringBuilder();
        for (RootfsAnnotation row : values()) {
            text.append(text.isEmpty() ? "" : ", ").append(row.option).append(row.argument.isEmpty() ? "" : "=" + row.argument);
        }
        return text.toString();
    }

    /**
     * The annotations that stand for options.
     *
     * @param options as {@code lower=/a:/b}, {@code volatile}
     * @throws SpecException for one that is not known, lacks its value, or was given before
     */
    public static Map<String, String> ofOptions(List<String> options) {
        Map<String, String> annotations = options.isEmpty() ? Map.of() : new LinkedHashMap<>();
        for (String text : options) {
            int equals = text.indexOf('=');
            RootfsAnnotation row = named(equals < 0 ? text : text.substring(0, equals));
            if (equals < 0 && !row.argument.isEmpty()) {
                throw new SpecException("--overlay " + row.option, "expected " + row.option + '=' + row.argument);
            }
            if (annotations.put(row.text, equals < 0 ? "true" : text.substring(equals + 1)) != null) {
                throw new SpecException("--overlay " + row.option, "given twice");
            }
        }
        return annotations;
    }

    private static RootfsAnnotation named(String option) {
        for (RootfsAnnotation row : values()) {
            if (row.option.equals(option)) {
                return row;
            }
        }
        throw new SpecException("--overlay", "expected one of " + options() + ", found \"" + option + '"');
    }

    String property() {
        return "annotations[\"" + text + "\"]";
    }

    Optional<String> in(Map<String, String> annotations) {
        return Optional.ofNullable(annotations.get(text));
    }
}
