package io.carafe.runtime.rootfs.path;

/**
 * An absolute path of the host: trusted, links in it are followed.
 *
 * @param text begins with a slash; not normalised, since {@code ..} after a link means what the kernel makes of it
 */
public record HostPath(String text) {

    /** @throws IllegalArgumentException when the text is no absolute path */
    public HostPath {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("expected an absolute path, found \"" + text + '"');
        }
    }

    /** What another text means when this is the working directory. */
    public HostPath resolve(String other) {
        return new HostPath(other.startsWith("/") ? other : text.endsWith("/") ? text + other : text + '/' + other);
    }

    /** The last component. */
    public String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return text;
    }
}
