package io.carafe.shim.logger;

import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.name.StreamUri;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Kubernetes' log of a container ({@code cri:///path}), which the shim writes itself: it goes on while containerd is away.
 *
 * <p>{@code max_line_size} in the query is the longest piece of a line, in bytes: 16 KiB where it is not said, as containerd has it.
 */
public final class CriLog implements Logger {

    public static final String SCHEME = "cri";

    private static final String MAX_LINE_SIZE = "max_line_size";
    private static final int DEFAULT_LINE = 16 * 1024;
    private static final int LONGEST_LINE = 1 << 20;
    /** What is read at once; then it is others' turn. */
    private static final int CHUNK = 16 * 1024;
    /** Of what a pipe holds. */
    private static final int CHUNKS_OF_A_PIPE = 4;
    /** For what stays of the process to go, or to write, once that has ended. */
    private static final long PATIENCE_MILLIS = 2_000;

    /** For what has just been read, by whichever log: there is one thread, and nobody keeps it. */
    private static byte[] chunk = {};

    private final Linux linux;
    private final Loop loop;
    private final OpenLogs logs;
    private final LogFile file;
    private final Stream output;
    private final Stream errors;
    private Runnable whenEnded = () -> { };
    private Optional<Loop.Timer> patience = Optional.empty();

    /** One of a process's streams: a pipe that it writes to, and the lines that come out of that. */
    private final class Stream {

        private final Fd source;
        private final Fd end;
        private final CriLines lines;
        private final Loop.Watch watch;
        private boolean ended;

        private Stream(Pipe pipe, String name, int most) {
            this.source = pipe.out();
            this.end = pipe.in();
            this.lines = new CriLines(name, most, Timestamp::precise);
            linux.files.setBlocking(source, false);
            this.watch = loop.watch(source, POLLIN, events -> read());
        }

        /** @return whether there was something */
        private boolean read() {
            if (chunk.length == 0) {
                chunk = new byte[CHUNK];
            }
            OptionalInt count = linux.files.tryRead(source, chunk, 0, CHUNK);
            if (count.isPresent() && count.getAsInt() == 0) {
                end();
                return false;
            }
            count.ifPresent(length -> file.write(lines.add(chunk, length)));
            return count.isPresent();
        }

        /** What is in the pipe still is taken; whoever would write more has lost its reader. */
        private void letGo() {
            for (int i = 0; i < CHUNKS_OF_A_PIPE && !ended && read(); i++) {
                continue;
            }
            end();
        }

        private void end() {
            if (!ended) {
                ended = true;
                watch.close();
                source.close();
                file.write(lines.end());
                ended();
            }
        }
    }

    private CriLog(Linux linux, Loop loop, OpenLogs logs, LogFile file, Pipe output, Pipe errors, int most) {
        this.linux = linux;
        this.loop = loop;
        this.logs = logs;
        this.file = file;
        this.output = new Stream(output, "stdout", most);
        this.errors = new Stream(errors, "stderr", most);
        logs.add(file);
    }

    /** @param uri {@link #checked} */
    public static CriLog open(Linux linux, Loop loop, OpenLogs logs, String uri) {
        try (Undo undo = new Undo()) {
            LogFile file = undo.onFailure(LogFile.open(linux, StreamUri.path(uri), loop::tell), LogFile::close);
            Pipe output = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe errors = undo.onFailure(linux.files.pipe(), Pipe::close);
            CriLog log = new CriLog(linux, loop, logs, file, output, errors, longestLine(uri));
            undo.keep();
            return log;
        }
    }

    /** @throws IllegalArgumentException for a path that ends in a slash, and for anything in the query but {@code max_line_size} */
    public static void checked(String uri) {
        if (StreamUri.path(uri).endsWith("/")) {
            throw new IllegalArgumentException("stdout: expected the path of a file, found \"" + uri + '"');
        }
        longestLine(uri);
    }

    private static int longestLine(String uri) {
        int longest = DEFAULT_LINE;
        for (Iterator<String> words = StreamUri.query(uri).iterator(); words.hasNext();) {
            String key = words.next();
            if (!key.equals(MAX_LINE_SIZE)) {
                throw new IllegalArgumentException("stdout: expected " + MAX_LINE_SIZE + " and nothing else behind the ?, found \"" + key + '"');
            }
            longest = number(words.hasNext() ? words.next() : "");
        }
        return longest;
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number > 0 && number <= LONGEST_LINE) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("stdout: " + MAX_LINE_SIZE + ": expected a number, found \"" + text + '"', e);
        }
        throw new IllegalArgumentException("stdout: " + MAX_LINE_SIZE + ": expected 1 to " + LONGEST_LINE + ", found " + text);
    }

    @Override
    public Fd output() {
        return output.end;
    }

    @Override
    public Fd errors() {
        return errors.end;
    }

    @Override
    public Fd ofTerminal() {
        errors.end.close();
        linux.files.setBlocking(output.end, false);
        return output.end;
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        action.accept(Optional.empty());
    }

    @Override
    public void whenEnded(Runnable action) {
        output.end.close();
        errors.end.close();
        whenEnded = action;
        if (output.ended && errors.ended) {
            ended();
        } else {
            patience = Optional.of(loop.after(PATIENCE_MILLIS, () -> List.of(output, errors).forEach(Stream::letGo)));
        }
    }

    private void ended() {
        if (output.ended && errors.ended) {
            patience.ifPresent(Loop.Timer::cancel);
            Runnable action = whenEnded;
            whenEnded = () -> { };
            action.run();
        }
    }

    /** What has been written until now is in the log then. */
    @Override
    public void close() {
        whenEnded = () -> { };
        output.end.close();
        errors.end.close();
        output.letGo();
        errors.letGo();
        logs.remove(file);
        file.close();
    }
}
