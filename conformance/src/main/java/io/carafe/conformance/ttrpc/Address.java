package io.carafe.conformance.ttrpc;

import io.carafe.conformance.json.Document;
import java.nio.charset.StandardCharsets;

/**
 * What the action {@code start} has printed, in one of the three forms that containerd takes: plain; JSON since 1.7; a BootstrapResult
 * since 2.3.
 *
 * @param socket its path
 * @param version of the task service
 */
public record Address(String socket, long version) {

    private static final String UNIX = "unix://";
    private static final int FIRST_FIELD = 0x08;

    public static Address of(String printed) {
        String text = printed.strip();
        if (text.startsWith("{")) {
            Document result = Document.parse(text);
            return new Address(path(result.text("/address")), result.number("/version"));
        }
        if (!text.isEmpty() && text.charAt(0) == FIRST_FIELD) {
            Message result = Message.parse("BootstrapResult", text.getBytes(StandardCharsets.UTF_8));
            return new Address(path(result.text("address")), result.number("version"));
        }
        return new Address(path(text), 2);
    }

    private static String path(String address) {
        return address.startsWith(UNIX) ? address.substring(UNIX.length()) : address;
    }

    /** The full name of the task service. */
    public String service() {
        return "containerd.task.v" + version + ".Task";
    }
}
