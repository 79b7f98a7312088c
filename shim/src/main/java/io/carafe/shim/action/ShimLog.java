package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Failures;
import java.nio.charset.StandardCharsets;

/** What a shim has to say besides its answers: lines into {@code log} in the bundle, a FIFO that containerd reads. */
final class ShimLog {

    private final Linux linux;
    private final int level;

    /** @param level {@link Bootstrap#logLevel} */
    ShimLog(Linux linux, int level) {
        this.linux = linux;
        this.level = level;
    }

    /**
     * The FIFO of the working directory, for the serving process's stderr; /dev/null where there is none. The caller owns it.
     *
     * @throws IllegalArgumentException something else has its name: what is written to it might stay
     */
    static Fd open(Linux linux) {
        // For both directions: then there is always a reader, and no write ends in SIGPIPE.
        Fd fifo = linux.files.openIfPresent(Fd.CWD, "log", O_RDWR | O_NONBLOCK | O_NOFOLLOW)
                .orElseGet(() -> linux.files.open("/dev/null", O_RDWR));
        try {
            int type = linux.files.fstat(fifo).type();
            if (type != FileFlags.S_IFIFO && type != FileFlags.S_IFCHR) {
                throw new IllegalArgumentException("log in the bundle: expected a FIFO, found something else");
            }
            return fifo;
        } catch (RuntimeException e) {
            fifo.close();
            throw e;
        }
    }

    void warn(RuntimeException e) {
        if (level > Bootstrap.WARN) {
            return;
        }
        say(linux, "level=warning msg=\"" + Failures.message(e).replace('"', '\'') + "\" runtime=" + Main.RUNTIME_NAME);
    }

    /** Of what ends a process, or an action has not done. */
    static void complain(Linux linux, Throwable failure) {
        say(linux, Main.RUNTIME_NAME + ": " + Failures.message(failure));
    }

    /** On stderr. What the FIFO does not take, as nobody reads it, is lost; so is what is said to nobody. */
    private static void say(Linux linux, String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            linux.files.tryWrite(Fd.borrowed(2), line, 0, line.length);
        } catch (KernelException nobodyListens) {
            return;
        }
    }
}
