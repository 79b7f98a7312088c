package io.carafe.linux.call;

import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import java.util.Optional;

/**
 * The master of the terminal of a process that lives: this process has the other side open, too.
 *
 * <p>A program may close its terminal and open it again, by /dev/tty or /dev/console. When the last descriptor of the other side is closed, the
 * kernel takes the terminal from its session, and read(2) of the master fails with EIO (pty(7)). The descriptor here keeps both from happening.
 */
public final class PseudoterminalMaster implements AutoCloseable {

    private final Linux linux;
    private final Fd fd;
    private Optional<Fd> peer = Optional.empty();

    /** @param fd becomes this object's, and does not block: the open file is this process's alone, the container's side is another */
    public PseudoterminalMaster(Linux linux, Fd fd) {
        this.linux = linux;
        this.fd = fd;
        try {
            linux.files.setBlocking(fd, false);
            reopen();
        } catch (KernelException e) {
            fd.close();
            throw e;
        }
    }

    /** Borrowed. */
    public Fd fd() {
        return fd;
    }

    /**
     * After EIO: the terminal was hung up, by vhangup(2) or by the end of the process that led its session. Programs open it again then.
     *
     * @return whether there is another side again
     */
    public boolean reopen() {
        release();
        try {
            peer = Optional.of(linux.terminals.peer(fd, O_RDWR | O_NOCTTY));
        } catch (KernelException e) {
            // EIO: locked, or its devpts is gone. ENOTTY, EINVAL: another runtime's master is of another kind. Then it ends as it ends.
            if (!e.is(Errno.EIO) && !e.is(Errno.ENOTTY) && !e.is(Errno.EINVAL)) {
                throw e;
            }
        }
        return peer.isPresent();
    }

    /** The process has ended: from now on EIO means that no process has the terminal open. */
    public void release() {
        peer.ifPresent(Fd::close);
        peer = Optional.empty();
    }

    @Override
    public void close() {
        release();
        fd.close();
    }
}
