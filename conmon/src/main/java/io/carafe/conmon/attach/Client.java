package io.carafe.conmon.attach;

import static io.carafe.linux.abi.Poll.POLLHUP;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * One who is attached. A packet to it is the number of a stream and what was read of that; what it sends is for the process's stdin. Each
 * direction ends for itself.
 */
final class Client implements AutoCloseable {

    private static final byte[] NOTHING = {};

    private final Linux linux;
    private final Clients clients;
    private final Fd fd;
    private final Loop.Watch watch;
    private boolean reads = true;
    private boolean writes = true;
    /** A packet that it had no room for. */
    private byte[] unsent = NOTHING;
    /** What stdin had no room for. */
    private byte[] unwritten = NOTHING;

    Client(Linux linux, Loop loop, Clients clients, Fd fd) {
        this.linux = linux;
        this.clients = clients;
        this.fd = fd;
        this.watch = loop.watch(fd, POLLIN, this::ready);
    }

    Fd fd() {
        return fd;
    }

    boolean isFull() {
        return unsent.length > 0;
    }

    private void ready(int events) {
        if ((events & POLLOUT) != 0 || isFull() && (events & POLLHUP) != 0) {
            flush();
        }
        if (fd.isOpen() && reads && unwritten.length == 0 && (events & (POLLIN | POLLHUP)) != 0) {
            receive((events & POLLHUP) != 0);
        }
    }

    private void receive(boolean gone) {
        byte[] buffer = clients.buffer();
        OptionalInt count;
        try {
            count = linux.files.tryRead(fd, buffer, 0, buffer.length);
        } catch (KernelException e) { // ECONNRESET: it has gone, and not taken all
            count = OptionalInt.of(0);
        }
        if (count.isEmpty()) {
            return;
        }
        if (count.getAsInt() == 0) {
            reads = false;
            clients.inputEnded();
            if (gone) {
                clients.remove(this);
            } else {
                update();
            }
            return;
        }
        int written = clients.input().write(buffer, 0, count.getAsInt());
        unwritten = Arrays.copyOfRange(buffer, written, count.getAsInt());
        update();
    }

    /** stdin has room again. */
    void writeOn() {
        if (unwritten.length > 0) {
            int written = clients.input().write(unwritten, 0, unwritten.length);
            unwritten = Arrays.copyOfRange(unwritten, written, unwritten.length);
            update();
        }
    }

    /** A packet is sent whole or not at all (unix(7)). */
    void send(byte[] packet, int count) {
        if (writes && !trySend(packet, count)) {
            unsent = Arrays.copyOf(packet, count);
            update();
        }
    }

    void flush() {
        if (isFull() && trySend(unsent, unsent.length)) {
            unsent = NOTHING;
            clients.hasRoom();
        }
        if (fd.isOpen()) {
            update();
        }
    }

    /** @return false where it has no room. One that takes nothing any more has all the room there is */
    private boolean trySend(byte[] packet, int count) {
        try {
            return linux.files.tryWrite(fd, packet, 0, count) > 0;
        } catch (KernelException e) { // EPIPE, ECONNRESET: it has gone, or has ended this direction
            writes = false;
            unsent = NOTHING;
            if (!reads) {
                clients.remove(this);
            }
            return true;
        }
    }

    private void update() {
        if (fd.isOpen()) {
            watch.want((reads && unwritten.length == 0 ? POLLIN : 0) | (isFull() ? POLLOUT : 0));
        }
    }

    @Override
    public void close() {
        watch.close();
        fd.close();
    }
}
