package io.carafe.shim.child;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.loop.Failures;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A runtime's {@code --log} in JSON: a line a record, of which the last one of level error says why a call failed. */
final class RuntimeLog {

    private static final String NAME = "log.json";
    private static final int MOST = 4 << 20;
    private static final int READABLE = 0644;

    private final Linux linux;
    private final BundleFiles files;

    RuntimeLog(Linux linux, String bundle) {
        this.linux = linux;
        this.files = new BundleFiles(linux, bundle);
    }

    String path() {
        return files.path(NAME);
    }

    /** In bytes; 0 before there is one. */
    long length() {
        return linux.paths.statxIfPresent(Fd.CWD, path(), AT_SYMLINK_NOFOLLOW).map(FileStatus::size).orElse(0L);
    }

    /** @param from length of the log before the call: what earlier ones complained of is behind us; runc begins a new one each time */
    Optional<String> lastError(long from) {
        String text;
        try {
            text = new String(files.readIfPresent(NAME, from, MOST).orElse(new byte[0]), StandardCharsets.UTF_8);
        } catch (RuntimeException | Error e) {
            return Optional.of("the runtime failed, and why cannot be read: " + Failures.message(e));
        }
        Optional<String> last = Optional.empty();
        for (String line : text.split("\n")) {
            Optional<String> error = error(line.strip());
            last = error.isPresent() ? error : last;
        }
        return last;
    }

    /** In the place of the runtime, which was not executed: its caller looks for the reason here. */
    void complain(String why) {
        String line = "{\"level\":\"error\",\"msg\":\"" + why.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}\n";
        try (Fd file = linux.files.openat(Fd.CWD, path(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, READABLE)) {
            linux.files.write(file, line.getBytes(StandardCharsets.UTF_8));
        }
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
