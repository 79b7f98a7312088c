package io.carafe.runtime.image;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.spec.Config;
import io.carafe.spec.Root;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image's config as a bundle's, over a default one.
 *
 * <p>{@code config.Volumes} become no mounts: what a container writes goes to its own upper layer anyway, never into the image.
 *
 * @see "image-spec conversion.md"
 */
final class BundleConfigPlan {

    /** The layers, the topmost first, separated by {@code :}; a backslash takes the meaning from what is behind it. */
    static final String LOWER = "io.carafe.rootfs.lower";
    static final String ROOT = "rootfs";

    private static final String PREFIX = "org.opencontainers.image.";
    private static final String PATH = "PATH=";
    private static final String TERM = "TERM=";

    private BundleConfigPlan() {
    }

    /**
     * Converts.
     *
     * @param base what is not said by the image; also its PATH, where the image has none, and its args, where it has none
     * @param layers absolute paths from the lowest up; none: the root is the empty directory
     * @param terminal whether the program is to have one; TERM is as docker has it then, if the image has none
     * @throws ImageException naming the property that no container could have
     */
    static Config of(ImageConfig image, User user, List<String> layers, Config base, boolean terminal) {
        if (!image.os().equals("linux")) {
            throw new ImageException("os: expected an image for linux, found \"" + image.os() + "\"");
        }
        Process process = base.process().orElseThrow();
        return base
                .withRoot(new Root(ROOT, false))
                .withProcess(process
                        .withTerminal(terminal)
                        .withUser(user)
                        .withArgs(args(image.config(), process))
                        .withEnv(env(image.config(), process, terminal))
                        .withCwd(cwd(image.config())))
                .withAnnotations(annotations(image, layers));
    }

    private static List<String> args(ImageConfig.Execution config, Process process) {
        List<String> args = new ArrayList<>(config.entrypoint());
        args.addAll(config.cmd());
        return args.isEmpty() ? process.args() : args;
    }

    private static List<String> env(ImageConfig.Execution config, Process process, boolean terminal) {
        List<String> env = new ArrayList<>();
        if (!has(config.env(), PATH)) {
            process.env().stream().filter(variable -> variable.startsWith(PATH)).forEach(env::add);
        }
        env.addAll(config.env());
        if (terminal && !has(config.env(), TERM)) {
            env.add(TERM + "xterm");
        }
        return env;
    }

    private static boolean has(List<String> env, String variable) {
        return env.stream().anyMatch(text -> text.startsWith(variable));
    }

    private static String cwd(ImageConfig.Execution config) {
        String cwd = config.workingDir().filter(text -> !text.isEmpty()).orElse("/");
        if (!cwd.startsWith("/")) {
            throw new ImageException("config.WorkingDir: expected an absolute path, found \"" + cwd + "\"");
        }
        return cwd;
    }

    private static Map<String, String> annotations(ImageConfig image, List<String> layers) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(PREFIX + "os", image.os());
        annotations.put(PREFIX + "architecture", image.architecture());
        put(annotations, "variant", image.variant());
        put(annotations, "os.version", image.osVersion());
        put(annotations, "os.features", joined(image.osFeatures()));
        put(annotations, "author", image.author());
        put(annotations, "created", image.created());
        put(annotations, "stopSignal", image.config().stopSignal());
        put(annotations, "exposedPorts", joined(image.config().exposedPorts()));
        annotations.putAll(image.config().labels()); // labels win over what is implied
        // But for ours: a label that named directories of the host would put them under the container.
        annotations.keySet().removeIf(name -> name.startsWith("io.carafe."));
        if (!layers.isEmpty()) {
            annotations.put(LOWER, lower(layers));
        }
        return annotations;
    }

    private static void put(Map<String, String> annotations, String name, Optional<String> value) {
        value.ifPresent(text -> annotations.put(PREFIX + name, text));
    }

    private static Optional<String> joined(List<String> values) {
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(",", values));
    }

    private static String lower(List<String> layers) {
        StringBuilder lower = new StringBuilder();
        for (int i = layers.size() - 1; i >= 0; i--) {
            lower.append(lower.isEmpty() ? "" : ":").append(layers.get(i).replace("\\", "\\\\").replace(":", "\\:"));
        }
        return lower.toString();
    }
}
