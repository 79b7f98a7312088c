package io.carafe.conformance.socket;

import io.carafe.linux.Fd;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * All that came over one connection.
 *
 * @param parts one for each recvmsg(2)
 * @param ended the other side has closed it
 */
public record Connection(List<Part> parts, boolean ended) {

    /** @param files what each descriptor is, by the name that /proc/self/fd gives it */
    public record Part(byte[] content, List<Fd> fds, List<String> files) {
    }

    public Connection {
        parts = List.copyOf(parts);
    }

    public String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        parts.forEach(part -> bytes.writeBytes(part.content()));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public List<Fd> fds() {
        return parts.stream().flatMap(part -> part.fds().stream()).toList();
    }

    public List<String> files() {
        return parts.stream().flatMap(part -> part.files().stream()).toList();
    }
}
