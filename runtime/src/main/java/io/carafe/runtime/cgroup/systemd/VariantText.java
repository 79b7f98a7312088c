package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import io.carafe.spec.json.Excerpt;
import java.util.ArrayList;
import java.util.List;

/**
 * A value as GVariant writes it down: {@code true}, {@code 'text'}, {@code uint64 5}, {@code ['a', 'b']}, {@code @as []},
 * {@code [('/dev/null', 'rw')]}. A number without a type is an int32, or a double where it has a point. Without dictionaries.
 *
 * @see "GLib, GVariant Text Format"
 */
final class VariantText {

    private static final String NO_TYPE = "";
    /** As deep as D-Bus takes it. */
    private static final int DEEPEST = 64;
    private static final String[] TYPES = {"boolean", "b", "byte", "y", "int16", "n", "uint16", "q", "int32", "i", "uint32", "u", "handle", "h",
        "int64", "x", "uint64", "t", "double", "d", "string", "s", "objectpath", "o", "signature", "g"};

    private final String text;
    private int at;
    private int depth;

    private VariantText(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with the complaint */
    static BusValue parse(String text) {
        VariantText parser = new VariantText(text);
        BusValue value = parser.value(NO_TYPE);
        parser.blanks();
        if (parser.at < text.length()) {
            throw parser.wrong("the end");
        }
        return value;
    }

    /** @param type that it must have; {@link #NO_TYPE}: any */
    private BusValue value(String type) {
        if (++depth > DEEPEST) {
            throw wrong("at most " + DEEPEST + " values in one another");
        }
        BusValue value = anyValue(type);
        depth--;
        return value;
    }

    private BusValue anyValue(String type) {
        blanks();
        if (at == text.length()) {
            throw wrong("a value");
        }
        char c = text.charAt(at);
        if (c == '\'' || c == '"') {
            return typed(type.isEmpty() ? "s" : type, "sog", string(c));
        }
        if (c == '[') {
            return array(type);
        }
        if (c == '(') {
            return struct(type);
        }
        if (c == '@') {
            int end = word(at + 1);
            String named = text.substring(at + 1, end);
            at = end;
            return value(named);
        }
        return word(type, text.substring(at, word(at)));
    }

    private BusValue word(String type, String word) {
        at += word.length();
        for (int i = 0; i < TYPES.length; i += 2) {
            if (TYPES[i].equals(word)) {
                return value(TYPES[i + 1]);
            }
        }
        if (word.equals("true") || word.equals("false")) {
            return typed(type.isEmpty() ? "b" : type, "b", word.equals("true"));
        }
        if (word.isEmpty() || "+-.0123456789".indexOf(word.charAt(0)) < 0) {
            throw new IllegalArgumentException("expected a value of GVariant's text format, found " + Excerpt.quoted(text));
        }
        boolean hex = word.contains("0x") || word.contains("0X");
        boolean real = type.equals("d") || type.isEmpty() && !hex && (word.indexOf('.') >= 0 || word.indexOf('e') >= 0);
        try {
            return real ? typed("d", "d", Double.parseDouble(word)) : integer(type.isEmpty() ? "i" : type, word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a number, found " + Excerpt.quoted(word));
        }
    }

    private BusValue integer(String type, String word) {
        int size = switch (type.charAt(0)) {
            case 'y' -> 8;
            case 'n', 'q' -> 16;
            case 'x', 't' -> 64;
            default -> 32;
        };
        boolean unsigned = "yqut".indexOf(type.charAt(0)) >= 0;
        long number = type.equals("t") ? unsigned(word) : Long.decode(word);
        boolean fits = size == 64 || (unsigned ? number >= 0 && number >>> size == 0 : number >= -(1L << size - 1) && number < 1L << size - 1);
        if (!fits) {
            throw new NumberFormatException(word);
        }
        return typed(type, "ynqiuhxt", number);
    }

    private static long unsigned(String word) {
        return word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseUnsignedLong(word);
    }

    /** @param allowed the types that a text of this kind can be of */
    private BusValue typed(String type, String allowed, Object value) {
        if (type.length() != 1 || allowed.indexOf(type.charAt(0)) < 0) {
            throw new IllegalArgumentException("expected a value of type " + type + ", found \"" + value + '"');
        }
        return new BusValue(type, value);
    }

    private String string(char quote) {
        StringBuilder plain = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == quote) {
                at++;
                return plain.toString();
            }
            if (c == '\\' && at + 1 < text.length()) {
                c = text.charAt(++at);
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
            plain.append(c);
        }
        throw wrong("a closing " + quote);
    }

    private BusValue array(String type) {
        if (!type.isEmpty() && !type.startsWith("a")) {
            throw wrong("a value of type " + type);
        }
        String element = type.isEmpty() ? NO_TYPE : type.substring(1);
        List<BusValue> elements = new ArrayList<>();
        for (at++; !closes(']', elements.isEmpty());) {
            BusValue value = value(element);
            element = value.signature();
            elements.add(value);
        }
        if (element.isEmpty()) {
            throw wrong("a type before an empty array, as @as []");
        }
        for (BusValue each : elements) {
            if (!each.signature().equals(element)) {
                throw wrong("elements of one type");
            }
        }
        return BusValue.array(element, elements);
    }

    /** The types of its fields are their own; one in front is compared afterwards. */
    private BusValue struct(String type) {
        List<BusValue> fields = new ArrayList<>();
        for (at++; !closes(')', fields.isEmpty());) {
            fields.add(value(NO_TYPE));
        }
        BusValue struct = BusValue.struct(fields);
        if (fields.isEmpty() || !type.isEmpty() && !type.equals(struct.signature())) {
            throw wrong("a value of type " + type);
        }
        return struct;
    }

    /** At the end of a list, or at the comma before its next element. */
    private boolean closes(char bracket, boolean isFirst) {
        blanks();
        if (at < text.length() && text.charAt(at) == bracket) {
            at++;
            return true;
        }
        if (!isFirst) {
            if (at == text.length() || text.charAt(at) != ',') {
                throw wrong("a comma or " + bracket);
            }
            at++;
            blanks();
            if (at < text.length() && text.charAt(at) == bracket) { // ('a',) is a struct of one
                at++;
                return true;
            }
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    /** @return where the word ends that begins at a place */
    private int word(int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) > ' ' && ",])".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("expected " + expected + " at position " + at + " of " + Excerpt.quoted(text));
    }
}
