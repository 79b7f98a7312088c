package io.carafe.spec.json;

import com.fasterxml.jackson.core.JsonStreamContext;

/** The position of a parser, as {@code linux.devices[2].path}; names with anything but letters, digits, - and _ are quoted. */
final class PropertyPath {

    private static final int LONGEST = 120;

    private PropertyPath() {
    }

    static String of(JsonStreamContext context) {
        StringBuilder path = new StringBuilder();
        append(path, context);
        return path.toString();
    }

    /** The path of a property of the object that {@link #of} has named. */
    static String of(JsonStreamContext context, String property) {
        StringBuilder path = new StringBuilder();
        append(path, context);
        append(path, property);
        return path.toString();
    }

    private static void append(StringBuilder path, JsonStreamContext context) {
        if (context.getParent() != null) {
            append(path, context.getParent());
        }
        // A thousand nested arrays have a path that is too long to read.
        if (path.length() > LONGEST) {
            if (path.charAt(path.length() - 1) != '…') {
                path.append('…');
            }
        } else if (context.hasCurrentName()) {
            append(path, context.getCurrentName());
        } else if (context.inArray() && context.hasCurrentIndex()) {
            path.append('[').append(context.getCurrentIndex()).append(']');
        }
    }

    private static void append(StringBuilder path, String name) {
        if (plain(name)) {
            path.append(path.length() == 0 ? "" : ".").append(name);
        } else {
            path.append('[').append(Excerpt.quoted(name)).append(']');
        }
    }

    private static boolean plain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= 60;
    }
}
