package io.carafe.spec.json;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes one document into memory: either on one line, or with a line per value and tabs, as {@code runc spec} and
 * {@code runc state} do. Slashes are not escaped: some hooks search the text of the state.
 */
public final class JsonWriter {

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private final boolean pretty;
    private byte[] bytes = new byte[4096];
    private int length;
    private int depth;
    private boolean first = true;
    private boolean afterName;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    /** With tabs, and a line feed at the end. */
    public static byte[] pretty(Consumer<JsonWriter> document) {
        JsonWriter out = new JsonWriter(true);
        document.accept(out);
        out.put('\n');
        return Arrays.copyOf(out.bytes, out.length);
    }

    /** Without any white space. */
    public static byte[] compact(Consumer<JsonWriter> document) {
        JsonWriter out = new JsonWriter(false);
        document.accept(out);
        return Arrays.copyOf(out.bytes, out.length);
    }

    public void beginObject() {
        begin('{');
    }

    public void endObject() {
        end('}');
    }

    public void beginArray() {
        begin('[');
    }

    public void endArray() {
        end(']');
    }

    /** The name of the property whose value comes next. */
    public void name(String name) {
        separate();
        quote(name);
        put(':');
        if (pretty) {
            put(' ');
        }
        afterName = true;
    }

    /** A string; half a surrogate pair becomes U+FFFD. */
    public void text(String value) {
        element();
        quote(value);
    }

    public void bool(boolean value) {
        element();
        ascii(value ? "true" : "false");
    }

    /** A number, by its decimal digits. */
    public void integer(String digits) {
        element();
        ascii(digits);
    }

    private void begin(char bracket) {
        element();
        put(bracket);
        depth++;
        first = true;
    }

    private void end(char bracket) {
        depth--;
        if (!first) {
            newLine();
        }
        put(bracket);
        first = false;
    }

    private void element() {
        if (afterName) {
            afterName = false;
        } else if (depth > 0) {
            separate();
        }
    }

    private void separate() {
        if (!first) {
            put(',');
        }
        first = false;
        newLine();
    }

    private void newLine() {
        if (pretty) {
            put('\n');
            for (int i = 0; i < depth; i++) {
                put('\t');
            }
        }
    }

    private void quote(String value) {
        put('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                put('\\');
                put(c);
            } else if (c >= ' ' && c < 0x7f) {
                put(c);
            } else if (c <= 0x9f || Printable.isMark(c)) {
                escape(c); // as JSON allows and does not ask: documents are printed, too
            } else if (c < 0x800) {
                put(0xc0 | c >> 6);
                put(0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))) {
                int point = Character.toCodePoint(c, value.charAt(++i));
                put(0xf0 | point >> 18);
                put(0x80 | point >> 12 & 0x3f);
                put(0x80 | point >> 6 & 0x3f);
                put(0x80 | point & 0x3f);
            } else {
                char whole = Character.isSurrogate(c) ? '\ufffd' : c;
                put(0xe0 | whole >> 12);
                put(0x80 | whole >> 6 & 0x3f);
                put(0x80 | whole & 0x3f);
            }
        }
        put('"');
    }

    private void escape(char c) {
        put('\\');
        switch (c) {
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            default -> {
                put('u');
                put(HEX[c >> 12]);
                put(HEX[c >> 8 & 0xf]);
                put(HEX[c >> 4 & 0xf]);
                put(HEX[c & 0xf]);
            }
        }
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put(text.charAt(i));
        }
    }

    private void put(int b) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) b;
    }
}
