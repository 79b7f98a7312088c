package io.carafe.runtime.rootfs.path;

import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a container, a name only: what it leads to is for the image to say, and the image is not trusted. It becomes a
 * descriptor through {@link Root} and in no other way.
 *
 * @param text absolute and normalised: no empty component, no {@code .} and no {@code ..}
 */
public record ContainerPath(String text) {

    public static final ContainerPath ROOT = new ContainerPath("/");

    /** Normalises by the words alone, as Go's filepath.Clean does: a relative path counts from {@code /}, which has no parent. */
    public ContainerPath {
        text = clean(text);
    }

    public static ContainerPath of(String text) {
        return new ContainerPath(text);
    }

    public boolean isRoot() {
        return text.length() == 1;
    }

    /** The directory that this is in; {@code /} is its own. */
    public ContainerPath parent() {
        int slash = text.lastIndexOf('/');
        return slash == 0 ? ROOT : new ContainerPath(text.substring(0, slash));
    }

    /** The last component; empty for {@code /}. */
    public String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    public ContainerPath child(String name) {
        return new ContainerPath(text + '/' + name);
    }

    /** Whether this is the other or lies below it, by the words alone. */
    public boolean isWithin(ContainerPath other) {
        return other.isRoot() || text.equals(other.text)
                || text.startsWith(other.text) && text.charAt(other.text.length()) == '/';
    }

    List<String> components() {
        return split(text);
    }

    /** The parts between slashes, without the empty ones. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int slash = text.indexOf('/', start);
            int end = slash < 0 ? text.length() : slash;
            if (end > start) {
                parts.add(text.substring(start, end));
            }
            start = end + 1;
        }
        return parts;
    }

    private static String clean(String text) {
        List<String> clean = new ArrayList<>();
        for (String part : split(text)) {
            if (part.equals("..")) {
                if (!clean.isEmpty()) {
                    clean.remove(clean.size() - 1);
                }
            } else if (!part.equals(".")) {
                clean.add(part);
            }
        }
        return '/' + String.join("/", clean);
    }

    @Override
    public String toString() {
        return text;
    }
}
