package io.carafe.shim.child;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A runtime's {@code --log} in JSON: a line a record, of which the last one of level error says why a call failed. */
final class RuntimeLog {

    private static final int MOST = 4 << 20;

    private final Linux linux;
    private final String path;

    RuntimeLog(Linux linux, String path) {
        this.linux = linux;
        this.path = path;
    }

    String path() {
        return path;
    }

    /** In bytes; 0 before there is one. */
    long length() {
        return linux.paths.statxIfPresent(Fd.CWD, path, 0).map(FileStatus::size).orElse(0L);
    }

    private byte[] text() {
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            return linux.files.readAll(file, MOST);
        } catch (KernelException e) {
            return new byte[0];
        }
    }

    /** @param from length of the log before the call: what earlier ones complained of is behind us */
    Optional<String> lastError(long from) {
        byte[] text = text();
        int start = from <= text.length ? (int) from : 0; // runc begins a new one each time
        Optional<String> last = Optional.empty();
        for (String line : new String(text, start, text.length - start, StandardCharsets.UTF_8).split("\n")) {
            Optional<String> error = error(line.strip());
            last = error.isPresent() ? error : last;
        }
        return last;
    }

    private static Optional<String> error(String line) {
        if (line.isEmpty()) {
            return Optional.empty();
        }
        byte[] json = line.getBytes(StandardCharsets.UTF_8);
        try {
            return JsonDocument.read(json, 0, json.length, RuntimeLog::error);
        } catch (SpecException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> error(JsonReader in) {
        boolean isError = false;
        String message = "";
        in.beginObject();
        while (in.nextProperty()) {
            switch (in.name()) {
                case "level" -> isError = in.text().equals("error");
                case "msg" -> message = in.text();
                default -> in.skip();
            }
        }
        return isError ? Optional.of(message) : Optional.empty();
    }
}
