package io.carafe.runtime.container.attach;

import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;

/**
 * One of the caller's standard streams, for a loop that must not stand still at it.
 *
 * <p>O_NONBLOCK is a property of the open file, which the caller's shell and other processes share, so it is not set there:
 * terminals and pipes are opened once more. Where that is refused the stream is used as it is, in small parts: after poll(2) a pipe
 * or a socket takes {@value #SMALL} bytes without waiting. Regular files never wait, and have a position of their own.
 *
 * @param most bytes to write at once
 */
record CallerStream(Fd fd, int most) implements AutoCloseable {

    private static final int SMALL = 4096;
    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;

    /** @param access O_RDONLY or O_WRONLY */
    static CallerStream of(Linux linux, int number, int access) {
        Fd stream = Fd.borrowed(number);
        try {
            if (mayBeOpenedAgain(linux, stream)) {
                return new CallerStream(linux.files.open(stream.path(), access | O_NONBLOCK | O_NOCTTY), Integer.MAX_VALUE);
            }
        } catch (KernelException refused) {
            // EACCES: another user's terminal, as after su(1). ENXIO: a pipe without a reader. ENOENT: no /proc. EBADF: closed.
            return new CallerStream(stream, SMALL);
        }
        return new CallerStream(stream, SMALL);
    }

    /** A ptmx opened again would be another pseudoterminal. */
    private static boolean mayBeOpenedAgain(Linux linux, Fd stream) {
        FileStatus status = linux.files.fstat(stream);
        return status.type() == S_IFIFO || status.type() == S_IFCHR && !status.isCharacterDevice(PTMX_MAJOR, PTMX_MINOR)
                && linux.terminals.modes(stream).isPresent();
    }

    @Override
    public void close() {
        fd.close();
    }
}
