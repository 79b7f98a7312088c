package io.carafe.runtime.cgroup.systemd.bus;

/** The bus cannot be reached, or whoever was called answered with an error. */
public final class BusException extends RuntimeException {

    private final String name;

    private BusException(String name, String message) {
        super(message);
        this.name = name;
    }

    /** What is no answer of who was called. */
    public BusException(String message) {
        this("", message);
    }

    /** @param name of the error, as {@code org.freedesktop.systemd1.NoSuchUnit} */
    static BusException answered(String call, String name, String text) {
        return new BusException(name, call + ": " + name + (text.isEmpty() ? "" : ": " + text));
    }

    /** Whether it is this error that was answered. */
    public boolean is(String name) {
        return this.name.equals(name);
    }

    /** Whether somebody answered, if only with an error. */
    public boolean isAnswer() {
        return !name.isEmpty();
    }
}
