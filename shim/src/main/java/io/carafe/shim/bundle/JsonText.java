package io.carafe.shim.bundle;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Places in the text of an object that has been read as JSON once, for what is changed there and nowhere else. */
public final class JsonText {

    private JsonText() {
    }

    /** Where the value of one of the object's own properties begins. @return empty where there is none of that name, written without escapes */
    public static OptionalInt valueOf(byte[] json, String property) {
        byte[] name = ('"' + property + '"').getBytes(StandardCharsets.UTF_8);
        int depth = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '"') {
                int end = afterText(json, i);
                int colon = afterBlanks(json, end);
                if (depth == 1 && json[colon] == ':' && isSame(json, i, end, name)) {
                    return OptionalInt.of(afterBlanks(json, colon + 1));
                }
                i = end - 1;
            } else if (json[i] == '{' || json[i] == '[') {
                depth++;
            } else if (json[i] == '}' || json[i] == ']') {
                depth--;
            }
        }
        return OptionalInt.empty();
    }

    /** Where an object or an array ends: its last bracket. @param from its first one */
    public static int lastBracket(byte[] json, int from) {
        int depth = 0;
        int at = from;
        while (true) {
            if (json[at] == '"') {
                at = afterText(json, at) - 1;
            } else if (json[at] == '{' || json[at] == '[') {
                depth++;
            } else if ((json[at] == '}' || json[at] == ']') && --depth == 0) {
                return at;
            }
            at++;
        }
    }

    /** Behind the document's first bracket, where its first property would stand. */
    public static int inside(byte[] json) {
        int at = 0;
        while (json[at] != '{') {
            at++;
        }
        return at + 1;
    }

    /** The first place from one on that is no blank. */
    public static int afterBlanks(byte[] json, int from) {
        int at = from;
        while (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r') {
            at++;
        }
        return at;
    }

    /** @param from where its first quote is */
    private static int afterText(byte[] json, int from) {
        int at = from + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static boolean isSame(byte[] json, int from, int to, byte[] name) {
        boolean same = to - from == name.length;
        for (int i = 0; same && i < name.length; i++) {
            same = json[from + i] == name[i];
        }
        return same;
    }
}
