package io.carafe.linux.call;

import static io.carafe.linux.abi.FileFlags.F_SETFD;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Poll;

/** Descriptors 0, 1 and 2 of a process that begins. */
public final class StandardStreams {

    private static final Fd[] STREAMS = {Fd.borrowed(0), Fd.borrowed(1), Fd.borrowed(2)};

    private StandardStreams() {
    }

    /**
     * Opens /dev/null in the place of each that the caller has closed.
     *
     * <p>Before the first open(2): the kernel gives the lowest free number, so what was opened for ourselves, a directory of the host
     * among it, would become a stream of a container. Then {@code /proc/self/fd/0/../..} leads out of it, and fchown(2) of a stream
     * changes the owner of that directory.
     *
     * @throws KernelException ENOENT and the others of open(2) where one is closed and there is no /dev/null
     */
    public static void ensureOpen(Linux linux) {
        int[] states = linux.polling.readable(0, STREAMS);
        for (int i = 0; i < STREAMS.length; i++) {
            if ((states[i] & Poll.POLLNVAL) != 0) {
                // The lowest free number is this one: those below are open by now. Released: it stays open, across execve(2) as well.
                Fd stream = linux.files.open("/dev/null", O_RDWR);
                linux.files.fcntl(stream, F_SETFD, 0);
                stream.release();
            }
        }
    }
}
