package io.carafe.spec.json;

/** Excerpts of a document for a message: on one line, and cut. */
public final class Excerpt {

    private static final int LONGEST = 60;

    private Excerpt() {
    }

    /** The text in double quotes; what cannot be printed as {@link Printable} has it, the end of a long one as an ellipsis. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(LONGEST + 2).append('"');
        plain(out, text, LONGEST);
        return out.append('"').toString();
    }

    /** As {@link #quoted}, without the quotes. */
    public static String plain(String text) {
        return plain(text, LONGEST);
    }

    static String plain(String text, int longest) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), longest));
        plain(out, text, longest);
        return out.toString();
    }

    private static void plain(StringBuilder out, String text, int longest) {
        for (int i = 0; i < text.length(); i++) {
            if (i >= longest && !Character.isLowSurrogate(text.charAt(i))) {
                out.append('…');
                return;
            }
            Printable.append(out, text, i);
        }
    }
}
