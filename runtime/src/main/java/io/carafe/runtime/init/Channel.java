package io.carafe.runtime.init;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One end of the socket between the parent and the init; a packet is a message: its kind, then a text for some.
 *
 * <pre>
 *   parent                                init
 *   writes the id maps ──── MAPPED ─────▶ becomes root of its user namespace      (only with one)
 *                                         joins cgroups, mounts
 *   limits, hooks      ◀─── MOUNTED ────
 *                      ───── GO ON ─────▶ pivots, masks, becomes the user          (these two only with hooks, or a terminal)
 *                      ◀──── READY ──────
 *   saves the state    ───── PARK ──────▶ create: outlives the parent, waits to be started
 *                      ◀──── PARKED ─────
 *   or                 ───── START ─────▶ run: executes; the end of the stream says that it did
 *   throws             ◀──── FAILED ─────  at any time, with the whole error
 * </pre>
 */
final class Channel implements AutoCloseable {

    /** Kinds of message; the ordinal goes over the wire. */
    enum Kind {
        MAPPED, MOUNTED, GO_ON, READY, PARK, PARKED, START, FAILED
    }

    private static final int LONGEST = 16 * 1024;

    private final Linux linux;
    private final Fd socket;

    Channel(Linux linux, Fd socket) {
        this.linux = linux;
        this.socket = socket;
    }

    void send(Kind kind) {
        send(kind, "");
    }

    void send(Kind kind, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] packet = new byte[1 + Math.min(utf8.length, LONGEST - 1)];
        packet[0] = (byte) kind.ordinal();
        System.arraycopy(utf8, 0, packet, 1, packet.length - 1);
        linux.sockets.send(socket, packet, List.of());
    }

    /** Tells why, with what failed while it was taken back; nobody may be there to hear it. */
    void fail(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        for (Throwable also : failure.getSuppressed()) {
            text.append("; also: ").append(also.getMessage());
        }
        try {
            send(Kind.FAILED, text.toString());
        } catch (KernelException gone) {
            // EPIPE: the other side died; there is nobody to tell, and this process ends next.
            return;
        }
    }

    /**
     * Waits for a message.
     *
     * @throws InitException the other side's whole error; or that it is gone, with {@link InitException#isGone}
     */
    void expect(Kind expected) {
        Kind kind = next();
        if (kind != expected) {
            throw new IllegalStateException("expected " + expected + " on the init's socket, found " + kind);
        }
    }

    /** Waits until the other side closes: its exec succeeded, or it died. @throws InitException the other side's whole error */
    void expectEnd() {
        try {
            Kind kind = next();
            throw new IllegalStateException("expected the end of the init's socket, found " + kind);
        } catch (InitException e) {
            if (!e.isGone()) {
                throw e;
            }
        }
    }

    private Kind next() {
        Sockets.Message message = linux.sockets.receive(socket, LONGEST);
        if (message.content().length == 0) {
            throw InitException.gone();
        }
        Kind kind = Kind.values()[message.content()[0]];
        if (kind == Kind.FAILED) {
            throw new InitException(new String(message.content(), 1, message.content().length - 1, StandardCharsets.UTF_8));
        }
        return kind;
    }

    @Override
    public void close() {
        socket.close();
    }
}
