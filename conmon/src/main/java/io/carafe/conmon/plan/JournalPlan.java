package io.carafe.conmon.plan;

import io.carafe.conmon.words.Option;
import io.carafe.conmon.words.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * What an entry of the journal has besides its message and priority.
 *
 * @param fields as {@code NAME=value}, those behind the message and those behind the priority in conmon's order
 * @param tellsPartial whether an entry that is no whole line says so
 */
public record JournalPlan(List<String> fields, boolean tellsPartial) {

    /** Of CONTAINER_ID. */
    private static final int SHORT = 12;

    static JournalPlan of(Words words) {
        String id = words.value(Option.CID).orElse("");
        if (id.length() <= SHORT) {
            throw new IllegalArgumentException("Container ID must be longer than 12 characters");
        }
        List<String> fields = new ArrayList<>(List.of("CONTAINER_ID_FULL=" + id, "CONTAINER_ID=" + id.substring(0, SHORT)));
        words.value(Option.LOG_TAG).ifPresent(tag -> fields.add("CONTAINER_TAG=" + tag));
        words.value(Option.NAME).ifPresent(name -> fields.add("CONTAINER_NAME=" + name));
        fields.add("SYSLOG_IDENTIFIER=" + words.value(Option.LOG_TAG).or(() -> words.value(Option.NAME)).orElse(id.substring(0, SHORT)));
        words.all(Option.LOG_LABEL).forEach(label -> fields.add(checked(label)));
        return new JournalPlan(List.copyOf(fields), !words.has(Option.NO_CONTAINER_PARTIAL_MESSAGE));
    }

    private static String checked(String label) {
        int equals = label.indexOf('=');
        if (equals == 0) {
            throw new IllegalArgumentException("Container labels must be in format LABEL=VALUE (no LABEL present in '" + label + "')");
        }
        if (equals < 0 || label.indexOf('=', equals + 1) > 0) {
            throw new IllegalArgumentException("Container labels must be in format LABEL=VALUE (none or more than one '=' present in '" + label + "')");
        }
        for (int i = 0; i < equals; i++) {
            char c = label.charAt(i);
            if (!(c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
                throw new IllegalArgumentException("Container label names must contain only uppercase letters, numbers and underscore (in '" + label + "')");
            }
        }
        return label;
    }
}
