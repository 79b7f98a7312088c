package io.carafe.shim.bundle;

import io.carafe.shim.message.CreateTask.Mount;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers that the runtime, carafe, mounts in the container's own mount namespace: nothing of them is seen on the host, or stays there
 * whatever dies. Asked for by an annotation, since hooks and people may look for a root on the host.
 */
public final class InnerLayers {

    /** {@code container}: by the runtime, where that comes to the same; {@code host}, or absent: by the shim. */
    static final String ANNOTATION = "io.carafe.shim.layers";

    private static final String LOWER = "lowerdir=";
    private static final String UPPER = "upperdir=";
    private static final String WORK = "workdir=";

    private InnerLayers() {
    }

    /**
     * Decides it. To the host goes whatever is not one overlay with an upper directory; what has options that the runtime does not take; and a
     * container with a user namespace, since overlayfs would look for marks of other names there ({@code userxattr}) than the
     * snapshotter has made.
     *
     * @return the values of the runtime's {@code --overlay}; empty: the shim mounts
     * @throws IllegalArgumentException for another value of the annotation
     */
    public static List<String> of(List<Mount> mounts, BundleConfig config, String bundle) {
        String where = config.annotations().getOrDefault(ANNOTATION, "host");
        if (!where.equals("container") && !where.equals("host")) {
            throw new IllegalArgumentException("annotations[\"" + ANNOTATION + "\"]: expected container or host, found \"" + where + '"');
        }
        boolean inside = where.equals("container") && mounts.size() == 1 && mounts.get(0).type().equals("overlay")
                && mounts.get(0).target().isEmpty() && config.makes("mount") && !config.names("user")
                && (config.rootPath().equals("rootfs") || config.rootPath().equals(bundle + "/rootfs"));
        return inside ? words(mounts.get(0).options()) : List.of();
    }

    /** Empty where one cannot be said to the runtime. */
    private static List<String> words(List<String> options) {
        List<String> words = new ArrayList<>();
        boolean upper = false;
        for (String option : options) {
            if (option.startsWith(LOWER)) {
                words.add("lower=" + option.substring(LOWER.length()));
            } else if (option.startsWith(UPPER)) {
                words.add("upper=" + option.substring(UPPER.length()));
                upper = true;
            } else if (option.startsWith(WORK)) {
                words.add("work=" + option.substring(WORK.length()));
            } else if (option.equals("volatile")) {
                words.add(option);
            } else if (!option.equals("index=off") && !option.equals("rw")) { // off is what a kernel has by default
                return List.of();
            }
        }
        return upper ? words : List.of();
    }
}
