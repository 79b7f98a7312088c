package io.carafe.runtime.image.layer;

import io.carafe.runtime.image.blob.ImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry's place in its layer: names without {@code .}, {@code ..} or slashes; none for the layer's own directory.
 */
record EntryPath(List<String> names) {

    private static final int DEEPEST = 256;
    private static final int LONGEST_NAME = 255;
    /** PATH_MAX less its NUL. */
    private static final int LONGEST = 4095;

    /** @throws ImageException when the path is absolute, has a {@code ..}, or is longer than a path can be */
    static EntryPath of(String text) {
        if (text.startsWith("/")) {
            throw new ImageException("expected a path inside the layer, found an absolute one");
        }
        if (text.length() > LONGEST) {
            throw new ImageException("expected a path of at most " + LONGEST + " bytes, found " + text.length());
        }
        List<String> names = new ArrayList<>();
        for (String name : text.split("/")) {
            if (name.equals("..")) {
                throw new ImageException("expected a path inside the layer, found one with ..");
            }
            if (name.length() > LONGEST_NAME) {
                throw new ImageException("expected names of at most " + LONGEST_NAME + " bytes, found " + name.length());
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        if (names.size() > DEEPEST) {
            throw new ImageException("expected at most " + DEEPEST + " directories in one another, found " + names.size());
        }
        return new EntryPath(List.copyOf(names));
    }

    boolean isLayer() {
        return names.isEmpty();
    }

    String name() {
        return names.get(names.size() - 1);
    }

    EntryPath parent() {
        return new EntryPath(names.subList(0, names.size() - 1));
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "." : String.join("/", names);
    }
}
