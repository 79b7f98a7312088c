package io.carafe.runtime.cli.bundle;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.image.Progress;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * One line on a terminal, drawn over again ten times a second at most and taken away in the end; nothing anywhere else.
 *
 * <pre>layer 2 of 5 [##########----------]  50 %  12 of 24 MiB  31.5 MiB/s</pre>
 */
public final class ProgressBar implements Progress, AutoCloseable {

    private static final int WIDTH = 20;
    private static final int PERCENT = 100;
    private static final long SECOND = 1_000_000_000L;
    private static final long PAUSE = SECOND / 10;
    /** Before it a rate would jump about. */
    private static final long LEAST_TIME = SECOND / 5;
    private static final int MEBIBYTE_BITS = 20;
    /** Of a terminal that does not know its own. */
    private static final int USUAL_COLUMNS = 80;
    /** Back to the first column, and nothing from there on (ECMA-48, EL). */
    private static final String CLEAR = "\r\033[K";

    private final Linux linux;
    private final Fd terminal;
    /** 0: draws nothing. */
    private final int columns;
    private boolean isDrawn;
    private int layer;
    /** When the first bytes of the layer came, and how many those were; when the bar was last drawn. By System.nanoTime. */
    private long began;
    private long before;
    private long last;

    private ProgressBar(Linux linux, Fd terminal, int columns) {
        this.linux = linux;
        this.terminal = terminal;
        this.columns = columns;
    }

    /** Borrows the descriptor. */
    public static ProgressBar on(Linux linux, Fd fd) {
        OptionalInt columns = linux.files.columns(fd);
        return new ProgressBar(linux, fd, columns.isEmpty() ? 0 : columns.getAsInt() == 0 ? USUAL_COLUMNS : columns.getAsInt());
    }

    @Override
    public void unpacked(int layer, int layers, long bytes, long size) {
        if (columns == 0) {
            return;
        }
        long now = System.nanoTime();
        if (layer != this.layer) {
            this.layer = layer;
            began = now;
            before = bytes;
        } else if (isDrawn && now - last < PAUSE && bytes < size) {
            return;
        }
        String line = line(layer, layers, bytes, size) + rate(bytes - before, now - began);
        // One less than there are: in the last column some terminals begin another line.
        draw(line.length() < columns ? line : line.substring(0, columns - 1));
        isDrawn = true;
        last = now;
    }

    static String line(int layer, int layers, long bytes, long size) {
        int percent = size == 0 ? PERCENT : (int) (bytes * PERCENT / size);
        int done = percent * WIDTH / PERCENT;
        return "layer " + layer + " of " + layers + " [" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] "
                + " ".repeat(percent < 10 ? 2 : percent < PERCENT ? 1 : 0) + percent + " %  "
                + (bytes >> MEBIBYTE_BITS) + " of " + (size >> MEBIBYTE_BITS) + " MiB";
    }

    /** Nothing, where there was no time to speak of. */
    static String rate(long bytes, long nanos) {
        if (nanos < LEAST_TIME) {
            return "";
        }
        long tenths = (long) (bytes * 10.0 * SECOND / nanos) >> MEBIBYTE_BITS;
        return "  " + tenths / 10 + "." + tenths % 10 + " MiB/s";
    }

    private void draw(String text) {
        try {
            linux.files.write(terminal, (CLEAR + text).getBytes(StandardCharsets.UTF_8));
        } catch (KernelException e) {
            return; // a terminal that has gone (EIO) is no reason to stop
        }
    }

    /** Makes room for a line of somebody else's; the bar is drawn again with the next percent. */
    public void clear() {
        if (isDrawn) {
            draw("");
            isDrawn = false;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
