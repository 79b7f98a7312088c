package io.carafe.shim.child;

import io.carafe.shim.bundle.JsonText;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The specification's process object, as JSON, in an ExecProcessRequest. What is right in it is the runtime's to say. */
public final class ProcessObject {

    private static final String NAME = "terminal";

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
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + NAME.length());
        int from = 0;
        if (said.isPresent()) {
            int value = JsonText.valueOf(json, NAME).orElseThrow(
                    () -> new IllegalArgumentException("spec: expected \"terminal\", found the name with escapes in it"));
            out.write(json, 0, value);
            out.writeBytes(Boolean.toString(terminal).getBytes(StandardCharsets.US_ASCII));
            from = value;
            while (json[from] >= 'a' && json[from] <= 'z') { // what stands there is true or false
                from++;
            }
        } else {
            from = JsonText.inside(json);
            out.write(json, 0, from);
            out.writeBytes("\"terminal\":true".getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(json[JsonText.afterBlanks(json, from)] == '}' ? new byte[0] : new byte[] {','});
        }
        out.write(json, from, json.length - from);
        return out.toByteArray();
    }

    private static Optional<Boolean> terminal(JsonReader in) {
        Optional<Boolean> terminal = Optional.empty();
        in.beginObject();
        while (in.nextProperty()) {
            if (in.name().equals(NAME)) {
                terminal = Optional.of(in.bool());
            } else {
                in.skip();
            }
        }
        return terminal;
    }
}
