package io.carafe.linux.door;

/** The few marks of JSON (RFC 8259) that a trace needs. */
final class Json {

    private static final String HEX = "0123456789abcdef";

    private Json() {
    }

    /** The name of a member, with a comma where one stands before it. */
    static StringBuilder name(StringBuilder json, String name) {
        if (json.length() > 0 && json.charAt(json.length() - 1) != '{') {
            json.append(',');
        }
        return json.append('"').append(name).append("\":");
    }

    static StringBuilder string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n') {
                json.append("\\n");
            } else if (c < ' ') {
                json.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }
}
