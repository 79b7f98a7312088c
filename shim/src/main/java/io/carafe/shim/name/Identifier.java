package io.carafe.shim.name;

/** The id of a container or of a process in it, or a namespace of containerd: it becomes the name of files, and a word on command lines. */
public final class Identifier {

    private static final int LONGEST = 128;

    private Identifier() {
    }

    /**
     * Letters, digits and {@code _ . -}, as containerd has them, and a letter or a digit first: no other directory, no hidden file, no flag.
     *
     * @param property what it is, for the complaint
     * @return the same
     * @throws IllegalArgumentException for anything else
     */
    public static String of(String property, String text) {
        boolean good = !text.isEmpty() && text.length() <= LONGEST && isAlphanumeric(text.charAt(0));
        for (int i = 0; good && i < text.length(); i++) {
            char c = text.charAt(i);
            good = isAlphanumeric(c) || c == '_' || c == '.' || c == '-';
        }
        if (!good) {
            throw new IllegalArgumentException(property + ": expected up to " + LONGEST
                    + " letters, digits, '_', '.' and '-', a letter or a digit first, found \"" + text + '"');
        }
        return text;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
