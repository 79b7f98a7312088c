package io.carafe.shim.child;

import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The specification's process object, as JSON, in an ExecProcessRequest. What is right in it is the runtime's to say. */
public final class ProcessObject {

    private static final byte[] NAME = "\"terminal\"".getBytes(StandardCharsets.US_ASCII);

    private ProcessObject() {
    }

    /**
     * The same with the request's word on the terminal, which decides: a client may have set it there alone.
     *
     * @return the same bytes where they say so already, and where they are no such object: the runtime complains of that
     * @throws IllegalArgumentException the property's name is written with escapes
     */
    public static byte[] withTerminal(byte[] json, boolean terminal) {
        Optional<Boolean> said;
        try {
            said = JsonDocument.read(json, 0, json.length, ProcessObject::terminal);
        } catch (SpecException e) {
            return json;
        }
        if (said.orElse(false) == terminal) {
            return json;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + NAME.length);
        int from = 0;
        if (said.isPresent()) {
            int value = afterColon(json);
            out.write(json, 0, value);
            out.writeBytes(Boolean.toString(terminal).getBytes(StandardCharsets.US_ASCII));
            from = value;
            while (json[from] >= 'a' && json[from] <= 'z') { // what stands there is true or false
                from++;
            }
        } else {
            from = indexOfObject(json) + 1;
            out.write(json, 0, from);
            out.writeBytes("\"terminal\":true".getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(isEmptyFrom(json, from) ? new byte[0] : new byte[] {','});
        }
        out.write(json, from, json.length - from);
        return out.toByteArray();
    }

    private static Optional<Boolean> terminal(JsonReader in) {
        Optional<Boolean> terminal = Optional.empty();
        in.beginObject();
        while (in.nextProperty()) {
            if (in.name().equals("terminal")) {
                terminal = Optional.of(in.bool());
            } else {
                in.skip();
            }
        }
        return terminal;
    }

    private static int indexOfObject(byte[] json) {
        int at = 0;
        while (json[at] != '{') {
            at++;
        }
        return at;
    }

    private static boolean isEmptyFrom(byte[] json, int from) {
        int at = afterBlanks(json, from);
        return json[at] == '}';
    }

    private static int afterBlanks(byte[] json, int from) {
        int at = from;
        while (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r') {
            at++;
        }
        return at;
    }

    /** Of the property's value, in JSON that has been read once. */
    private static int afterColon(byte[] json) {
        int depth = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '"') {
                int end = afterText(json, i);
                int colon = afterBlanks(json, end);
                if (depth == 1 && json[colon] == ':' && isName(json, i, end)) {
                    return afterBlanks(json, colon + 1);
                }
                i = end - 1;
            } else if (json[i] == '{' || json[i] == '[') {
                depth++;
            } else if (json[i] == '}' || json[i] == ']') {
                depth--;
            }
        }
        throw new IllegalArgumentException("spec: expected \"terminal\", found the name with escapes in it");
    }

    /** @param from where its first quote is */
    private static int afterText(byte[] json, int from) {
        int at = from + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static boolean isName(byte[] json, int from, int to) {
        boolean same = to - from == NAME.length;
        for (int i = 0; same && i < NAME.length; i++) {
            same = json[from + i] == NAME[i];
        }
        return same;
    }
}
