package io.carafe.benchmarks.task;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.ShimRounds;
import io.carafe.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * How long what a container writes takes to containerd's FIFO, through a terminal and without one: from its Start until the last byte has
 * been read. Each byte is looked at. A terminal makes two of each line's end, so that a little more arrives.
 */
public class Throughput extends ShimRounds {

    private static final int MEGABYTE = 1_000_000;
    private static final int MEGABYTES = 100;
    public static final String TERMINAL = MEGABYTES + " MB by a terminal";
    public static final String FIFO = MEGABYTES + " MB by a FIFO";

    /** Without its end. */
    private static final String LINE = "one line of eighty bytes, of which the last is the line's end, and no other one";
    private static final int LINES = MEGABYTES * MEGABYTE / (LINE.length() + 1);
    private static final int FIFO_MODE = 0600;
    private static final int CHUNK = 64 * 1024;

    private Path lines;

    @Override
    protected void prepare() {
        lines = work.bundle().resolve("rootfs/lines");
        try (Writer writer = Files.newBufferedWriter(lines)) {
            for (int i = 0; i < LINES; i++) {
                writer.write(LINE + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void turn(ContainerdShim shim) {
        note(Measure.NANOSECONDS, TERMINAL, shim, once(shim, true));
        note(Measure.NANOSECONDS, FIFO, shim, once(shim, false));
    }

    private long once(ContainerdShim shim, boolean terminal) {
        String id = newId(shim);
        Path bundle = bundle(id, List.of("/bin/busybox", "cat", "/lines"), process -> process.withTerminal(terminal));
        String stdout = fifo(bundle, "stdout");
        String stderr = fifo(bundle, "stderr");
        RunningShim living = start(shim, bundle, id);
        // For writing such an end is not opened before there is one for reading, and the other way round.
        try (Fd out = events.linux.files.open(stdout, O_RDONLY | O_NONBLOCK);
                Fd err = events.linux.files.open(stderr, O_RDONLY | O_NONBLOCK)) {
            living.create(bundle, id, terminal, stdout, terminal ? "" : stderr);
            return timed(shim, living, id, Path.of(stdout), LINE + (terminal ? "\r\n" : "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            living.end();
        }
    }

    private String fifo(Path bundle, String name) {
        String path = bundle.resolve(name).toString();
        events.linux.paths.mkfifoat(Fd.CWD, path, FIFO_MODE);
        return path;
    }

    private static long timed(ContainerdShim shim, RunningShim living, String id, Path fifo, String line) throws IOException {
        try (FileChannel reader = FileChannel.open(fifo, StandardOpenOption.READ)) {
            long started = System.nanoTime();
            living.start(id);
            read(reader, line.getBytes(StandardCharsets.UTF_8));
            long nanos = System.nanoTime() - started;
            if (living.await(id) != 0) {
                throw new IllegalStateException(shim.name() + ": cat has failed");
            }
            living.delete(id);
            if (reader.read(ByteBuffer.allocate(1)) > 0) {
                throw new IllegalStateException(shim.name() + ": more has come than was written");
            }
            return nanos;
        }
    }

    /** @throws IllegalStateException at the first byte that is another than expected, or missing */
    private static void read(FileChannel reader, byte[] line) throws IOException {
        ByteBuffer expected = ByteBuffer.allocateDirect(CHUNK + line.length);
        while (expected.hasRemaining()) {
            expected.put(line, 0, Math.min(line.length, expected.remaining()));
        }
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        long left = (long) line.length * LINES;
        for (int at = 0; left > 0; at %= line.length) {
            chunk.clear();
            int count = reader.read(chunk);
            chunk.flip();
            if (count <= 0 || count > left || chunk.mismatch(expected.slice(at, count)) >= 0) {
                throw new IllegalStateException("not what was written has come, with " + left + " bytes still to come");
            }
            left -= count;
            at += count;
        }
    }

    @Override
    protected void tidy() {
        try {
            Files.delete(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
