package io.carafe.runtime.rootfs.overlay;

import static io.carafe.runtime.rootfs.overlay.RootfsAnnotation.LOWER;
import static io.carafe.runtime.rootfs.overlay.RootfsAnnotation.UPPER;
import static io.carafe.runtime.rootfs.overlay.RootfsAnnotation.VOLATILE;
import static io.carafe.runtime.rootfs.overlay.RootfsAnnotation.WORK;

import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the root of a container is put together from.
 *
 * @param lower at least one, the topmost first; only read
 * @param upper where changes go; empty: a tmpfs
 * @param isVolatile no sync(2) for the upper directory
 * @param userXattr marks of overlayfs are extended attributes in {@code user.}, since a user namespace may set no
 *     {@code trusted.} ones (Linux 5.11)
 * @see "Linux Documentation/filesystems/overlayfs.rst"
 */
public record Layers(List<HostPath> lower, Optional<Upper> upper, boolean isVolatile, boolean userXattr) {

    /** @param work empty, and on the same file system */
    public record Upper(HostPath directory, HostPath work) {
    }

    public Layers {
        lower = List.copyOf(lower);
    }

    /**
     * Reads the annotations; empty when they ask for no layers.
     *
     * @param bundle what relative paths count from
     * @throws SpecException when they contradict one another
     */
    public static Optional<Layers> of(Map<String, String> annotations, HostPath bundle, boolean userNamespace) {
        Optional<String> lower = LOWER.in(annotations);
        Optional<String> upper = UPPER.in(annotations);
        Optional<String> work = WORK.in(annotations);
        Optional<String> unsynced = VOLATILE.in(annotations);
        if (lower.isEmpty()) {
            for (RootfsAnnotation row : List.of(UPPER, WORK, VOLATILE)) {
                if (row.in(annotations).isPresent()) {
                    throw new SpecException(row.property(), "means nothing without " + LOWER.text());
                }
            }
            return Optional.empty();
        }
        if (upper.isPresent() != work.isPresent()) {
            RootfsAnnotation there = upper.isPresent() ? UPPER : WORK;
            throw new SpecException(there.property(), "needs " + (there == UPPER ? WORK : UPPER).text() + " beside it");
        }
        if (unsynced.isPresent() && !unsynced.get().equals("true") && !unsynced.get().equals("false")) {
            throw new SpecException(VOLATILE.property(), "expected true or false, found \"" + unsynced.get() + '"');
        }
        List<HostPath> layers = new ArrayList<>();
        for (String path : split(lower.get())) {
            layers.add(resolve(LOWER, bundle, path));
        }
        return Optional.of(new Layers(layers,
                upper.map(path -> new Upper(resolve(UPPER, bundle, path), resolve(WORK, bundle, work.orElseThrow()))),
                unsynced.orElse("").equals("true"), userNamespace));
    }

    private static HostPath resolve(RootfsAnnotation row, HostPath bundle, String path) {
        if (path.isEmpty()) {
            throw new SpecException(row.property(), "expected a path, found \"\"");
        }
        return bundle.resolve(path);
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                parts.add(part.toString());
                part.setLength(0);
            } else if (c == '\\') {
                if (++i == text.length()) {
                    throw new SpecException(LOWER.property(), "a '\\' stands at the end, with nothing behind it");
                }
                part.append(text.charAt(i));
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
