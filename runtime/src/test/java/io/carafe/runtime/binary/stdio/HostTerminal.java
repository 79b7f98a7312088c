package io.carafe.runtime.binary.stdio;

import static io.carafe.linux.abi.FileFlags.F_GETFL;
import static io.carafe.linux.abi.FileFlags.F_SETFL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Terminals.Modes;
import io.carafe.linux.call.Terminals.WindowSize;
import io.carafe.linux.door.Door;
import io.carafe.runtime.binary.Carafe;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A terminal with the test at its other end, as a terminal emulator is: of the host, or the master of a container's. */
public final class HostTerminal implements AutoCloseable {

    static final Linux LINUX = Linux.over(Door.open());

    private static final long PATIENCE_MILLIS = 180_000;

    private final Fd master;
    private final StringBuilder unread = new StringBuilder();

    private HostTerminal(Fd master) {
        this.master = master;
        LINUX.files.fcntl(master, F_SETFL, LINUX.files.fcntl(master, F_GETFL, 0) | O_NONBLOCK);
    }

    /** A new one of the host. */
    public static HostTerminal open() {
        Fd master = LINUX.files.open("/dev/ptmx", O_RDWR | O_NOCTTY);
        LINUX.terminals.unlock(master);
        return new HostTerminal(master);
    }

    /** One that somebody passed. */
    static HostTerminal of(Fd master) {
        return new HostTerminal(master);
    }

    private File peer() {
        return new File("/dev/pts/" + LINUX.terminals.number(master));
    }

    /** Runs carafe in a session of its own on this terminal. */
    public Process start(Carafe carafe, String... words) {
        try {
            return carafe.builder(List.of("setsid", "--ctty", "--wait"), words)
                    .redirectInput(peer()).redirectOutput(peer()).redirectError(peer()).start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Modes modes() {
        return LINUX.terminals.tcgetattr(master);
    }

    void resize(int rows, int columns) {
        LINUX.terminals.setWindowSize(master, new WindowSize(rows, columns));
    }

    void type(String keys) {
        write(keys.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) {
        write(LINUX, bytes);
    }

    /** In another thread. @param linux of that thread's own: its memory is not to be shared */
    void write(Linux linux, byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            await(linux, POLLOUT);
            at += linux.files.tryWrite(master, bytes, at, Math.min(4096, bytes.length - at));
        }
    }

    private void await(Linux linux, int events) {
        int ready = linux.polling.ready(PATIENCE_MILLIS, new int[] {events}, master)[0];
        assertTrue(ready != 0, () -> "nothing moves on the terminal; read so far: " + unread);
    }

    /** Reads on to a text. @return what stood before it */
    String readUntil(String text) {
        int at = unread.indexOf(text);
        while (at < 0) {
            byte[] more = read();
            if (more.length == 0) {
                fail("the terminal ended before \"" + text + "\": " + unread);
            }
            unread.append(new String(more, StandardCharsets.ISO_8859_1));
            at = unread.indexOf(text);
        }
        String before = unread.substring(0, at);
        unread.delete(0, at + text.length());
        return before;
    }

    /** @return what is there, at least a byte; none at the end */
    private byte[] read() {
        byte[] into = new byte[64 * 1024 - 8];
        while (true) {
            await(LINUX, POLLIN);
            try {
                OptionalInt count = LINUX.files.tryRead(master, into, 0, into.length);
                if (count.isPresent()) {
                    return Arrays.copyOf(into, count.getAsInt());
                }
            } catch (KernelException e) {
                assertEquals(Errno.EIO, e.errno(), e::getMessage);
                return new byte[0];
            }
        }
    }

    /** Up to the moment when nobody has the terminal open any more. */
    byte[] readToTheEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(unread.toString().getBytes(StandardCharsets.ISO_8859_1));
        unread.setLength(0);
        for (byte[] more = read(); more.length > 0; more = read()) {
            all.writeBytes(more);
        }
        return all.toByteArray();
    }

    public String textToTheEnd() {
        return new String(readToTheEnd(), StandardCharsets.ISO_8859_1);
    }

    public static int exitCode(Process process) {
        try {
            if (!process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                fail("it still runs");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        master.close();
    }
}
