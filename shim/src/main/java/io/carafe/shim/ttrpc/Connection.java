package io.carafe.shim.ttrpc;

import static io.carafe.linux.abi.Poll.POLLERR;
import static io.carafe.linux.abi.Poll.POLLHUP;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;

/**
 * A stream socket with frames in both directions. What the other side does not take is kept, and while that is much nothing more is
 * read from it: who never reads gets no more answers than fit.
 */
final class Connection {

    private static final int CHUNK = 16 * 1024;
    private static final int MUCH = 1 << 20;

    /** For what has just been read, by whichever connection: there is one thread, and nobody keeps it. */
    private static byte[] chunk = {};

    private final Linux linux;
    private final Loop loop;
    private final Fd socket;
    private final Loop.Watch watch;
    private final FrameReader reader;
    private final Runnable closed;
    private final Deque<byte[]> unsent = new ArrayDeque<>();
    /** Of the first of them. */
    private int sent;
    private int unsentBytes;
    private boolean open = true;

    /** @param socket does not block; becomes this object's. @param closed called once, when the other side has gone or broken the rules */
    Connection(Linux linux, Loop loop, Fd socket, FrameReader.Receiver receiver, Runnable closed) {
        this.linux = linux;
        this.loop = loop;
        this.socket = socket;
        this.reader = new FrameReader(receiver);
        this.closed = closed;
        try {
            this.watch = loop.watch(socket, POLLIN, this::ready);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    boolean isOpen() {
        return open;
    }

    void send(Frame frame) {
        if (!open) {
            return;
        }
        byte[] bytes = frame.toBytes();
        unsent.add(bytes);
        unsentBytes += bytes.length;
        if (unsent.size() == 1) {
            write();
        } else {
            wantWhatIsNeeded();
        }
    }

    private void ready(int events) {
        if ((events & POLLOUT) != 0) {
            write();
        }
        if (open && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
            read();
        }
    }

    private void read() {
        if (chunk.length == 0) {
            chunk = new byte[CHUNK]; // not in the image: an idle shim has no use for it
        }
        try {
            OptionalInt count = linux.files.tryRead(socket, chunk, 0, CHUNK);
            if (count.isPresent() && count.getAsInt() == 0) {
                close();
            } else if (count.isPresent()) {
                reader.feed(chunk, count.getAsInt());
            }
        } catch (KernelException e) {
            lost(e);
        }
    }

    private void write() {
        try {
            while (!unsent.isEmpty()) {
                byte[] first = unsent.peek();
                int count = linux.files.tryWrite(socket, first, sent, Math.min(CHUNK, first.length - sent));
                sent += count;
                unsentBytes -= count;
                if (sent == first.length) {
                    unsent.remove();
                    sent = 0;
                } else if (count == 0) {
                    break;
                }
            }
            wantWhatIsNeeded();
        } catch (KernelException e) {
            lost(e);
        }
    }

    /** Told, where it is not the other side that has gone (SIGPIPE is blocked in a shim). */
    private void lost(KernelException e) {
        close();
        if (!e.is(Errno.ECONNRESET) && !e.is(Errno.EPIPE)) {
            loop.tell(e.during("a connection"));
        }
    }

    private void wantWhatIsNeeded() {
        try {
            watch.want((unsentBytes > MUCH ? 0 : POLLIN) | (unsent.isEmpty() ? 0 : POLLOUT));
        } catch (KernelException e) {
            lost(e); // else nobody would send the rest
        }
    }

    /** Whether everything that was sent has been taken by the kernel. */
    boolean isFlushed() {
        return unsent.isEmpty();
    }

    void close() {
        if (open) {
            open = false;
            watch.close();
            socket.close();
            unsent.clear();
            closed.run();
        }
    }
}
