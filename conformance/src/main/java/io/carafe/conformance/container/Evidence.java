package io.carafe.conformance.container;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a test asked and saw, in order: changes of the default configuration, commands with their answers, observations. */
public final class Evidence {

    private static final int LONGEST = 3_000;

    private final List<Object> entries = Collections.synchronizedList(new ArrayList<>());

    void changed(String pointer, Object value) {
        entries.add(object("kind", "config", "text", pointer + ": " + shortened(Json.write(value))));
    }

    void removed(String pointer) {
        entries.add(object("kind", "config", "text", pointer + ": (removed)"));
    }

    public void command(CommandResult result) {
        entries.add(object("kind", "command", "text", shortened(result.toString())));
    }

    /** A call of a shim's service. */
    public void call(String call, String outcome) {
        entries.add(object("kind", "command", "text", shortened("ttrpc " + call + "\n" + outcome)));
    }

    public void observed(String what, String text) {
        entries.add(object("kind", "seen", "text", what + ": " + shortened(text.strip())));
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " … (" + text.length() + " characters)";
    }

    /** A list of objects with kind and text. */
    String json() {
        return Json.write(List.copyOf(entries));
    }
}
