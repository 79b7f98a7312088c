package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a shim has to say besides its answers: lines into {@code log} in the bundle, a FIFO that containerd reads. */
final class ShimLog {

    private final Linux linux;
    private final Optional<Fd> fifo;

    private ShimLog(Linux linux, Optional<Fd> fifo) {
        this.linux = linux;
        this.fifo = fifo;
    }

    /** The FIFO of the working directory; without one nothing is said. */
    static ShimLog open(Linux linux) {
        try {
            // For both directions: then there is always a reader, and no write ends in SIGPIPE.
            return new ShimLog(linux, linux.files.openIfPresent(Fd.CWD, "log", O_RDWR | O_NONBLOCK));
        } catch (KernelException e) {
            return new ShimLog(linux, Optional.empty());
        }
    }

    void warn(RuntimeException e) {
        String text = (e.getMessage() == null ? e.toString() : e.getMessage()).replace('\n', ' ').replace('"', '\'');
        say("level=warning msg=\"" + text + "\" runtime=" + Main.RUNTIME_NAME + "\n");
    }

    /** What the FIFO does not take, as nobody reads it, is lost. */
    private void say(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        fifo.ifPresent(fd -> linux.files.tryWrite(fd, bytes, 0, bytes.length));
    }
}
