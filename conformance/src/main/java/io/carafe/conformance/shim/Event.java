package io.carafe.conformance.shim;

import io.carafe.conformance.ttrpc.Message;

/**
 * What a shim has told its manager.
 *
 * @param envelope with topic, namespace and timestamp
 * @param fields the event itself
 */
public record Event(Message envelope, Message fields) {

    static Event of(Message envelope) {
        Message any = envelope.message("event");
        String type = any.text("type_url");
        return new Event(envelope, Message.parse(type.substring(type.lastIndexOf('.') + 1), any.bytes("value")));
    }

    /** As {@code exit} of {@code /tasks/exit}. */
    public String topic() {
        return envelope.text("topic").replaceFirst("^/tasks/", "");
    }

    public String container() {
        return fields.text("container_id");
    }

    /** Topic, task and process, and what a process has ended with: {@code start one}, {@code exit one/exec 5}. */
    public String words() {
        return switch (topic()) {
            case "exec-added", "exec-started" -> topic() + " " + container() + "/" + fields.text("exec_id");
            case "exit" -> topic() + " " + container() + (fields.text("id").equals(container()) ? "" : "/" + fields.text("id")) + " "
                    + fields.number("exit_status");
            case "delete" -> topic() + " " + container() + (fields.text("id").isEmpty() || fields.text("id").equals(container()) ? ""
                    : "/" + fields.text("id"));
            default -> topic() + " " + container();
        };
    }
}
