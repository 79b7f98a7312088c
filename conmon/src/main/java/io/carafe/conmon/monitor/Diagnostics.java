package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;

import io.carafe.conmon.plan.Level;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Failures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a monitor has to say for itself: lines on stderr, as long as that is somebody's, and to syslog where that is asked for. */
public final class Diagnostics {

    private static final String SYSLOG = "/dev/log";
    /** LOG_USER with LOG_ERR and LOG_INFO, syslog(3). */
    private static final int USER_ERROR = 8 + 3;
    private static final int USER_INFO = 8 + 6;
    private static final int MOST_OF_ID = 20;

    private final Linux linux;
    private final String id;
    private final Level level;
    private final boolean syslog;

    public Diagnostics(Linux linux, String id, Level level, boolean syslog) {
        this.linux = linux;
        this.id = id;
        this.level = level;
        this.syslog = syslog;
    }

    /** Of what ends the monitor, or keeps it from its work. */
    void error(String text) {
        say(Level.ERROR, text);
    }

    void warn(RuntimeException failure) {
        say(Level.WARN, Failures.message(failure));
    }

    void warn(String text) {
        say(Level.WARN, text);
    }

    void info(String text) {
        say(Level.INFO, text);
    }

    private void say(Level of, String text) {
        if (of.compareTo(level) > 0) {
            return;
        }
        line(linux, "[conmon:" + of.name().toLowerCase(Locale.ROOT).charAt(0) + "]: " + text);
        if (syslog) {
            send("<" + (of == Level.ERROR ? USER_ERROR : USER_INFO) + ">conmon: conmon " + id.substring(0, Math.min(MOST_OF_ID, id.length())) + " <"
                    + (of == Level.ERROR ? "error" : "n" + of.name().toLowerCase(Locale.ROOT)) + ">: " + text);
        }
    }

    private void send(String text) {
        try (Fd socket = linux.sockets.connect(SYSLOG, SOCK_DGRAM | SOCK_NONBLOCK)) {
            linux.sockets.send(socket, text.getBytes(StandardCharsets.UTF_8), List.of());
        } catch (KernelException nobodyListens) {
            return;
        }
    }

    static byte[] bytes(RuntimeException failure) {
        return Failures.message(failure).getBytes(StandardCharsets.UTF_8);
    }

    /** On stderr. What is said to nobody is lost. */
    public static void line(Linux linux, String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            linux.files.tryWrite(Fd.borrowed(2), line, 0, line.length);
        } catch (KernelException nobodyListens) {
            return;
        }
    }
}
