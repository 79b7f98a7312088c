package io.carafe.spec.json;

/** A document is not what the specification says. The message is one line: {@code path.of[3].property: what is wrong}. */
public final class SpecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String path;

    /** For readers, and for plans that decide on a document. */
    public SpecException(String path, String complaint) {
        super(path.isEmpty() ? complaint : path + ": " + complaint);
        this.path = path;
    }

    /** The property, such as {@code mounts[3].destination}; empty when the whole document is meant. */
    public String path() {
        return path;
    }
}
