package io.carafe.runtime.init;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.init.hook.HookException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One end of the socket between the parent and the init; a packet is a message: its kind, then a text for some.
 *
 * <pre>
 *   parent                                init
 *   writes the id maps ──── MAPPED ─────▶ becomes root of its user namespace      (only with one)
 *                                         joins cgroups, mounts
 *   opens what it may not ◀─ SOURCES ──                                           (only in a user namespace, when a path is closed to it)
 *   limits, hooks      ◀─── MOUNTED ────
 *                      ───── GO ON ─────▶ pivots, masks, becomes the user          (these two only with hooks)
 *                      ◀──── READY ──────  with the number of its seccomp listener's descriptor, if it has one
 *   saves the state    ───── PARK ──────▶ create: outlives the parent, waits to be started         (with its pid, for hooks)
 *                      ◀──── PARKED ─────
 *   or                 ───── START ─────▶ run: executes; the end of the stream says that it did    (likewise)
 *                      ───── EXEC ──────▶ sent with START, and taken last of all before the execve(2)
 *   throws             ◀──── FAILED ─────  at any time, with the whole error; HOOK_FAILED where it was a hook's
 * </pre>
 *
 * <p>The end of a process that is cloned into a pid namespace of others can be taken by who looks on with CAP_SYS_PTRACE (pidfd_getfd(2)), who
 * then says what it likes: no more may come of it than of what it could do to the process itself.
 */
final class Channel implements AutoCloseable {

    /** Kinds of message; the ordinal goes over the wire. */
    enum Kind {
        MAPPED, MOUNTED, GO_ON, READY, PARK, PARKED, START, FAILED, HOOK_FAILED, EXEC, SOURCES
    }

    private static final int LONGEST = 16 * 1024;
    /** What an init hears has no longer text than a pid. */
    private static final int LONGEST_TO_INIT = 16;

    private final Linux linux;
    private final Fd socket;
    private final boolean isInits;
    private Consumer<List<Fd>> sources = Channel::refuse;

    private Channel(Linux linux, Fd socket, boolean isInits) {
        this.linux = linux;
        this.socket = socket;
        this.isInits = isInits;
    }

    /** The end of the parent, or of who starts. */
    static Channel ofParent(Linux linux, Fd socket) {
        return new Channel(linux, socket, false);
    }

    /** The end of the init: it is used by read(2) and write(2) alone, which hardly a seccomp profile refuses. SIGPIPE must be blocked. */
    static Channel ofInit(Linux linux, Fd socket) {
        return new Channel(linux, socket, true);
    }

    /** Borrowed. */
    Fd socket() {
        return socket;
    }

    /** @param taker of the descriptors that come with SOURCES, whenever that comes */
    void onSources(Consumer<List<Fd>> taker) {
        sources = taker;
    }

    /** From the clone on, where others may look on: they would be given what the host's rights open in a mount namespace of theirs. */
    void refuseSources() {
        sources = Channel::refuse;
    }

    private static void refuse(List<Fd> fds) {
        fds.forEach(Fd::close);
        throw interfered();
    }

    /** What no init says. */
    static KernelException interfered() {
        return new KernelException("hear from the init", Errno.EPROTO).hint(Errno.EPROTO, "another process of its pid namespace has interfered");
    }

    void send(Kind kind) {
        send(kind, "");
    }

    /** Before any filter is in force. @param fds borrowed */
    void askForSources(List<Fd> fds) {
        linux.sockets.send(socket, new byte[] {(byte) Kind.SOURCES.ordinal()}, fds);
    }

    void send(Kind kind, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] packet = new byte[1 + Math.min(utf8.length, LONGEST - 1)];
        packet[0] = (byte) kind.ordinal();
        System.arraycopy(utf8, 0, packet, 1, packet.length - 1);
        if (isInits) {
            linux.files.write(socket, packet);
        } else {
            linux.sockets.send(socket, packet, List.of());
        }
    }

    /** Tells why, with what failed while it was taken back; nobody may be there to hear it. Throws nothing: this process ends next. */
    void fail(Throwable failure) {
        try {
            send(failure instanceof HookException ? Kind.HOOK_FAILED : Kind.FAILED, Complaint.of(failure, "; also: "));
        } catch (RuntimeException gone) {
            // EPIPE: the other side died. Or this one is closed, as an init's that is parked. An exception would lead a child to where its
            // parent takes everything back.
            return;
        }
    }

    /**
     * Waits for a message.
     *
     * @return its text
     * @throws InitException the other side's whole error; or that it is gone, with {@link InitException#isGone}
     * @throws HookException the other side's, too
     */
    String expect(Kind expected) {
        byte[] message = next();
        if (message[0] != expected.ordinal()) {
            throw interfered();
        }
        return text(message);
    }

    /**
     * Lets the init execute, and waits until it has.
     *
     * <p>The end of the stream says that it did, or that it died. To tell one from the other it gets a message that it takes last of all:
     * a socket that is closed with something unread answers ECONNRESET at its other end, and one that has all read the end (unix(7)).
     *
     * @param pid of the init, for its hooks; empty where it has been told
     * @throws InitException the other side's whole error; or that it died before, with {@link InitException#isGone}
     */
    void start(String pid) {
        boolean died = false;
        try {
            send(Kind.START, pid);
            send(Kind.EXEC);
        } catch (KernelException e) {
            died = requireGone(e);
        }
        try {
            next();
        } catch (KernelException e) {
            requireGone(e);
            next(); // the error comes in front of what the other side said last
        } catch (InitException e) {
            if (!e.isGone() || died) {
                throw e;
            }
            return;
        }
        throw interfered(); // it was to be the end
    }

    private static boolean requireGone(KernelException e) {
        if (!e.is(Errno.EPIPE) && !e.is(Errno.ECONNRESET)) {
            throw e;
        }
        return true;
    }

    private byte[] next() {
        byte[] message = isInits ? read() : receive();
        if (message.length == 0) {
            throw InitException.gone();
        }
        if (message[0] == Kind.FAILED.ordinal()) {
            throw new InitException(text(message));
        }
        if (message[0] == Kind.HOOK_FAILED.ordinal()) {
            throw new HookException(text(message));
        }
        return message;
    }

    private byte[] receive() {
        while (true) {
            Sockets.Message message = linux.sockets.receive(socket, LONGEST);
            if (message.content().length == 0 || message.content()[0] != Kind.SOURCES.ordinal()) {
                message.fds().forEach(Fd::close); // an onlooker's, if there are any
                return message.content();
            }
            sources.accept(message.fds());
        }
    }

    private byte[] read() {
        byte[] packet = new byte[LONGEST_TO_INIT];
        return Arrays.copyOf(packet, linux.files.read(socket, packet, 0, packet.length));
    }

    private static String text(byte[] message) {
        return new String(message, 1, message.length - 1, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        socket.close();
    }
}
