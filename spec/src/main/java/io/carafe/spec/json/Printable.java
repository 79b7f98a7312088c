package io.carafe.spec.json;

/**
 * Foreign text, made safe for a terminal or a log: what an image, a container, a hook or a document says could else colour the
 * screen, move the cursor, or begin a line of its own.
 */
public final class Printable {

    /** Of a word, or of what stands in quotes. */
    private static final int LONGEST_WORD = 200;
    /** PATH_MAX: what is longer leads nowhere. */
    private static final int LONGEST_PATH = 4096;
    private static final int LONGEST_LINE = 8192;
    private static final String HEX = "0123456789abcdef";

    private Printable() {
    }

    /**
     * The text with what is quoted in it as {@code \n} or <code>&#92;u001b</code>: control characters (C0, DEL, C1), ends of lines and
     * paragraphs, marks and overrides of direction, halves of surrogate pairs. All else stays.
     */
    public static String of(String text) {
        int first = 0;
        while (first < text.length() && !isQuoted(text, first)) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            append(out, text, i);
        }
        return out.toString();
    }

    /** A message: one line, as {@link #of} has it; a long word, quotation or line ends in an ellipsis. */
    public static String line(String message) {
        return of(cut(message));
    }

    private static String cut(String message) {
        if (message.length() <= LONGEST_WORD) {
            return message;
        }
        StringBuilder out = new StringBuilder();
        int lastQuote = message.lastIndexOf('"');
        for (int i = 0; i < message.length() && out.length() <= LONGEST_LINE;) {
            int end;
            if (message.charAt(i) == '"' && i < lastQuote) {
                end = message.indexOf('"', i + 1);
                out.append('"');
                append(out, message, i + 1, end, LONGEST_WORD);
                out.append('"');
                end++;
            } else {
                end = i + 1;
                boolean path = message.charAt(i) == '/';
                while (message.charAt(i) != ' ' && end < message.length() && message.charAt(end) != ' ' && message.charAt(end) != '"') {
                    path |= message.charAt(end) == '/';
                    end++;
                }
                // "open /a/path: ENOENT" keeps its colon.
                int colon = message.charAt(end - 1) == ':' && end - i > 1 ? 1 : 0;
                append(out, message, i, end - colon, path && end - i <= LONGEST_PATH ? LONGEST_PATH : LONGEST_WORD);
                out.append(colon == 1 ? ":" : "");
            }
            i = end;
        }
        if (out.length() > LONGEST_LINE) {
            out.setLength(whole(out, LONGEST_LINE));
            out.append('…');
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String text, int from, int to, int longest) {
        if (to - from <= longest) {
            out.append(text, from, to);
        } else {
            out.append(text, from, whole(text, from + longest)).append('…');
        }
    }

    /** Not between the halves of a pair. */
    private static int whole(CharSequence text, int end) {
        return Character.isHighSurrogate(text.charAt(end - 1)) && Character.isLowSurrogate(text.charAt(end)) ? end + 1 : end;
    }

    /** A character of a text, quoted where it must be. */
    static void append(StringBuilder out, String text, int at) {
        char c = text.charAt(at);
        if (!isQuoted(text, at)) {
            out.append(c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out.append('\\').append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else {
            out.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 0xf)).append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
        }
    }

    private static boolean isQuoted(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x2000) {
            return c < ' ' || c >= 0x7f && c <= 0x9f || c == '\u061c';
        }
        return Character.isSurrogate(c) ? !isHalfOfPair(text, at) : isMark(c);
    }

    /** Of direction, or the end of a line or paragraph (Unicode Standard Annex 9, 2; 14, BK). */
    static boolean isMark(char c) {
        return c == '\u200e' || c == '\u200f' || c >= '\u2028' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\u061c';
    }

    private static boolean isHalfOfPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at)) ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
