package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Complaint;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where complaints go: an error to stderr and to the file of {@code --log}, a warning to the file or, without one, to stderr: that is the
 * container's, and what a manager shows of it has words of its program alone. Whatever an image, a container or a hook has in a message, it
 * is one line that a terminal can show: {@link Printable}.
 *
 * <p>Of a call that fails the file has one record, the error: podman reads the whole file as one JSON object, go-runc the last record of level
 * error. So warnings are held until the call has done what it is for; then they follow. A call that fails shows them on stderr, where nothing
 * of a container's will stand. With {@code --debug} they go to the file at once.
 *
 * <p>A shim reads the file, and has given its caller's stderr to the container, whose log an error is no part of either. It says so by
 * {@value #STDERR_OF_CONTAINER} in the environment, which no other runtime minds.
 */
final class Log {

    private static final String FILE = "file:";
    private static final String WARNING = "warning";
    private static final String STDERR_OF_CONTAINER = "CARAFE_STDERR_OF_CONTAINER";
    /** A loop that goes on for days may warn again and again, and a document have a hundred thousand words that are not known. */
    private static final int MOST_WARNINGS = 1000;

    private static final Fd STDERR = Fd.borrowed(2);

    private final Linux linux;
    private final Optional<String> file;
    private final boolean json;
    /** Whether warnings go to the file at once. */
    private final boolean atOnce;
    /** Whether stderr is the container's alone. */
    private final boolean fileOnly;
    /** Those that wait for the end of the call. */
    private final List<String> held = new ArrayList<>(0);
    private long shown;

    private Log(Linux linux, Optional<String> file, boolean json, boolean atOnce, boolean fileOnly) {
        this.linux = linux;
        this.file = file;
        this.json = json;
        this.atOnce = atOnce;
        this.fileOnly = fileOnly;
    }

    /** As the flags before the verb want it. @throws UsageException for a log that is no file */
    static Log of(Linux linux, CommandLine line) {
        Optional<String> file = line.value(Flag.LOG).filter(path -> !path.isEmpty());
        if (file.isPresent() && (file.get().startsWith("journald:") || file.get().startsWith("syslog:"))) {
            throw new UsageException("--log: expected a file, found \"" + file.get() + '"');
        }
        return new Log(linux, file.map(path -> path.startsWith(FILE) ? path.substring(FILE.length()) : path),
                line.value(Flag.LOG_FORMAT).equals(Optional.of("json")),
                line.has(Flag.DEBUG) || !line.value(Flag.LOG_LEVEL).orElse("error").equals("error"),
                file.isPresent() && CallerStrings.of(linux.kernel).variable(STDERR_OF_CONTAINER).isPresent());
    }

    void error(String text) {
        String message = Printable.line(text);
        if (fileOnly) {
            settle();
        } else {
            held.forEach(this::showWarning);
            held.clear();
            stderr("carafe: " + message);
        }
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
        if (file.isEmpty()) {
            showWarning(message);
        } else if (atOnce) {
            record(file.get(), WARNING, message);
        } else if (held.size() < MOST_WARNINGS) {
            held.add(message);
        }
    }

    /** The call has done what it is for. */
    void settle() {
        for (String message : held) {
            record(file.orElseThrow(), WARNING, message);
        }
        held.clear();
    }

    private void showWarning(String message) {
        if (shown < MOST_WARNINGS) {
            stderr("carafe: warning: " + message);
        } else if (shown == MOST_WARNINGS) {
            stderr("carafe: warning: there are more, which are not shown");
        }
        shown++;
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
        // O_NONBLOCK: a FIFO that nobody reads, or does not read on, keeps no verb from its end.
        try (Fd log = linux.files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY, 0644)) {
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
