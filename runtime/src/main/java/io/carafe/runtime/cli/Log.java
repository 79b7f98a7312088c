package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Complaint;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where complaints go: stderr always, and the file of {@code --log}. Whatever an image, a container or a hook has in a message, it is one
 * line that a terminal can show: {@link Printable}.
 *
 * <p>The file gets one error record at most, and warnings only with {@code --debug}: podman reads the whole file as one JSON object,
 * go-runc the last record of level error.
 */
final class Log {

    private static final String FILE = "file:";

    private static final Fd STDERR = Fd.borrowed(2);

    private final Linux linux;
    private final Optional<String> file;
    private final boolean json;
    /** Whether warnings go to the file, too. */
    private final boolean warnings;

    private Log(Linux linux, Optional<String> file, boolean json, boolean warnings) {
        this.linux = linux;
        this.file = file;
        this.json = json;
        this.warnings = warnings;
    }

    /** As the flags before the verb want it. @throws UsageException for a log that is no file */
    static Log of(Linux linux, CommandLine line) {
        Optional<String> file = line.value(Flag.LOG).filter(path -> !path.isEmpty());
        if (file.isPresent() && (file.get().startsWith("journald:") || file.get().startsWith("syslog:"))) {
            throw new UsageException("--log: expected a file, found \"" + file.get() + '"');
        }
        return new Log(linux, file.map(path -> path.startsWith(FILE) ? path.substring(FILE.length()) : path),
                line.value(Flag.LOG_FORMAT).equals(Optional.of("json")),
                line.has(Flag.DEBUG) || !line.value(Flag.LOG_LEVEL).orElse("error").equals("error"));
    }

    void error(String text) {
        String message = Printable.line(text);
        stderr("carafe: " + message);
        file.ifPresent(path -> record(path, "error", message));
    }

    /** One line: a failure, and what failed while it was taken back. @param subject what was to be done, with a colon, or nothing */
    void error(String subject, Throwable failure) {
        try {
            error(subject + Complaint.of(failure, "; and while taking it back: "));
        } catch (OutOfMemoryError full) {
            // All that the failed operation had built up is garbage by now.
            System.gc();
            error(subject + Complaint.of(full));
        }
    }

    void warn(String text) {
        String message = Printable.line(text);
        stderr("carafe: warning: " + message);
        if (warnings) {
            file.ifPresent(path -> record(path, "warning", message));
        }
    }

    private void stderr(String line) {
        try {
            linux.files.write(STDERR, (line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (KernelException nobodyReads) {
            // A complaint that cannot be made must not become the failure; the exit code still tells.
            return;
        }
    }

    private void record(String path, String level, String message) {
        String time = Instant.now().toString();
        byte[] record = json ? json(level, message, time) : text(level, message, time);
        try (Fd log = linux.files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_APPEND, 0644)) {
            linux.files.write(log, record);
        } catch (KernelException e) {
            stderr("carafe: --log: " + Printable.line(e.getMessage()));
        }
    }

    /** A line each: go-runc reads a stream of objects, podman the whole file as one. */
    private static byte[] json(String level, String message, String time) {
        byte[] record = JsonWriter.compact(out -> {
            out.beginObject();
            out.name("level");
            out.text(level);
            out.name("msg");
            out.text(message);
            out.name("time");
            out.text(time);
            out.endObject();
        });
        byte[] line = Arrays.copyOf(record, record.length + 1);
        line[record.length] = '\n';
        return line;
    }

    /** The form of logrus, which runc's users know. */
    private static byte[] text(String level, String message, String time) {
        String quoted = message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return ("time=\"" + time + "\" level=" + level + " msg=\"" + quoted + "\"\n").getBytes(StandardCharsets.UTF_8);
    }
}
