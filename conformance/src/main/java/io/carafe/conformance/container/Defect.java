package io.carafe.conformance.container;

import io.carafe.conformance.json.Document;

/**
 * One thing that a good runtime is made to do wrong: its configuration is edited behind its back, or a script stands before it.
 *
 * @param requirement what it breaks
 * @param edit of config.json before create: {@code remove POINTER}, {@code set POINTER JSON} or {@code reverse POINTER}; empty for none
 * @param script a shell's body, with the runtime's path in {@code $runtime}, the operation in {@code $verb}, the container's id in
 *     {@code $id}, the state directories in {@code $root} and the command line in {@code "$@"}; empty for none
 */
public record Defect(String requirement, String edit, String script) {

    void into(Document config) {
        if (edit.isEmpty()) {
            return;
        }
        for (String one : edit.split(" ; ")) {
            String[] words = one.split(" ", 3);
            switch (words[0]) {
                case "remove" -> config.remove(words[1]);
                case "set" -> config.set(words[1], io.carafe.conformance.json.Json.parse(words[2]));
                case "reverse" -> {
                    java.util.List<Object> list = new java.util.ArrayList<>(config.list(words[1]));
                    java.util.Collections.reverse(list);
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
