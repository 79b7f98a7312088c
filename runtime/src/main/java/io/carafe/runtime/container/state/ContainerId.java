package io.carafe.runtime.container.state;

/** The rule for names of containers, runc's: letters, digits, {@code _ + - .}, and not {@code .} or {@code ..}. */
public final class ContainerId {

    /** NAME_MAX: the id names a directory. */
    private static final int LONGEST = 255;

    private ContainerId() {
    }

    /** @throws ContainerException when the text cannot be an id */
    public static String of(String text) {
        if (!isValid(text)) {
            throw new ContainerException("invalid container id: expected 1 to " + LONGEST
                    + " letters, digits, _, +, - or ., found \"" + text + '"');
        }
        return text;
    }

    public static boolean isValid(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.equals(".") || text.equals("..")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && "_+-.".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
