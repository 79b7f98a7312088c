package io.carafe.conformance.mutant;

import io.carafe.conformance.json.Document;
import io.carafe.conformance.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One way to break a good runtime or shim: an edit of its configuration or of its messages, or a script that runs in its place.
 *
 * @param requirement what it breaks
 * @param edit of config.json before create: {@code remove POINTER}, {@code set POINTER JSON}, {@code move FROM TO},
 *     {@code reverse POINTER}, several with {@code  ; } between; of a shim those of its MessageMutation; empty for none
 * @param script a shell's body, with the runtime's path in {@code $runtime}, the operation in {@code $verb}, the container's id in
 *     {@code $id}, its bundle in {@code $bundle}, the test's directory in {@code $work}, the state directories in {@code $root} and the
 *     command line in {@code "$@"}; and with the words {@code swallow}, {@code refuse} and {@code answer} of OciRuntime; empty for none
 */
public record Mutant(String requirement, String edit, String script) {

    /** Edits a configuration. */
    public void into(Document config) {
        for (String one : edit.isEmpty() ? new String[0] : edit.split(" ; ")) {
            String[] words = one.split(" ", 3);
            switch (words[0]) {
                case "remove" -> config.remove(words[1]);
                case "set" -> config.set(words[1], Json.parse(words[2]));
                case "move" -> {
                    Object moved = config.at(words[1]).orElse(null);
                    config.remove(words[1]).set(words[2], moved);
                }
                case "reverse" -> {
                    List<Object> list = new ArrayList<>(config.list(words[1]));
                    Collections.reverse(list);
                    config.set(words[1], list);
                }
                default -> throw new IllegalArgumentException("no edit: " + one);
            }
        }
    }

    @Override
    public String toString() {
        return requirement + ": " + (edit + " " + script).strip();
    }
}
