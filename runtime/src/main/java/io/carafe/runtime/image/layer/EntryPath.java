package io.carafe.runtime.image.layer;

import io.carafe.runtime.image.blob.ImageException;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry's place in its layer: names without {@code .}, {@code ..} or slashes; none for the layer's own directory.
 */
record EntryPath(List<String> names) {

    static final EntryPath LAYER = new EntryPath(List.of());
    /** Of directories in one another, also of those that links lead to. */
    static final int DEEPEST = 256;

    private static final int LONGEST_NAME = 255;
    /** PATH_MAX less its NUL. */
    private static final int LONGEST = 4095;

    /**
     * A name or the target of a hard link, which counts from the layer's directory with a slash in front and without; {@code ..} takes
     * back the name before it, whatever that is, as every archiver cleans names.
     *
     * @throws ImageException when the path leads out of the layer, or is longer than a path can be
     */
    static EntryPath of(String text) {
        if (text.length() > LONGEST) {
            throw new ImageException("expected a path of at most " + LONGEST + " bytes, found " + text.length());
        }
        List<String> names = new ArrayList<>();
        for (String name : text.split("/")) {
            if (name.equals("..")) {
                if (names.isEmpty()) {
                    throw new ImageException("expected a path inside the layer, found one that leads out with ..");
                }
                names.remove(names.size() - 1);
            } else if (name.length() > LONGEST_NAME) {
                throw new ImageException("expected names of at most " + LONGEST_NAME + " bytes, found " + name.length());
            } else if (!name.isEmpty() && !name.equals(".")) {
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

    EntryPath child(String name) {
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        return new EntryPath(List.copyOf(longer));
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "." : String.join("/", names);
    }
}
