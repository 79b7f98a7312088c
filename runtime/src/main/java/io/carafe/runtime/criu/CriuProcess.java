package io.carafe.runtime.criu;

import static io.carafe.linux.abi.FileFlags.F_SETFD;
import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.criu.CriuResponse.Notification;
import io.carafe.runtime.protobuf.ProtobufException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A running {@code criu swrk FD}: takes one request on its end of a SOCK_SEQPACKET socketpair, tells what it is about to do, answers and ends.
 *
 * <p>CRIU opens the directories of a request in /proc, by the pid of who made the socketpair (SO_PEERCRED). That is its own process: so they are
 * found in its mount namespace, whichever that is. The other end comes to the parent by a socket between the two.
 *
 * <p>Its standard streams are /dev/null and a file of ours: what it says before it has opened its log is the error then.
 */
public final class CriuProcess implements AutoCloseable {

    private static final int LONGEST_RESPONSE = 1 << 16;
    private static final int LONGEST_OUTPUT = 1 << 12;
    private static final int NOT_EXECUTED = 127;
    private static final byte[] CONNECTED = {'c'};

    private final Linux linux;
    private final String program;
    private final int pid;
    private final Fd pidfd;
    private final Fd before;
    private final Fd output;
    /** To CRIU, once its process has sent it. */
    private Optional<Fd> socket = Optional.empty();

    private CriuProcess(Linux linux, String program, Processes.Clone process, Fd before, Fd output) {
        this.linux = linux;
        this.program = program;
        this.pid = process.pid();
        this.pidfd = process.pidfd().orElseThrow();
        this.before = before;
        this.output = output;
    }

    /**
     * How it is started.
     *
     * @param flags CLONE_NEW… of its process
     * @param cgroup a cgroup2 directory to be born in
     * @param inherited what it has by the same numbers as this process
     * @param callersStreams whether its standard streams are this process's
     * @param before in its process, with its end of the socket between the two: what it does before it is criu
     */
    public record Launch(long flags, Optional<Fd> cgroup, List<Fd> inherited, boolean callersStreams, Consumer<Fd> before) {

        /** Beside this process, in all that it is in. */
        public static Launch of(List<Fd> inherited, boolean callersStreams) {
            return new Launch(0, Optional.empty(), inherited, callersStreams, parent -> { });
        }
    }

    static CriuProcess begin(Linux linux, String program, Launch launch) {
        Fd output = linux.files.memfdCreate("output", MFD_CLOEXEC);
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        Processes.Clone clone;
        try {
            clone = linux.processes.clone3(launch.flags(), launch.cgroup());
        } catch (KernelException e) {
            output.close();
            pair.here().close();
            pair.there().close();
            throw e;
        }
        if (clone.isChild()) {
            pair.here().close();
            become(linux, program, launch, pair.there(), output);
        }
        pair.there().close();
        return new CriuProcess(linux, program, clone, pair.here(), output);
    }

    /** The child: never returns. */
    private static void become(Linux linux, String program, Launch launch, Fd parent, Fd output) {
        try {
            launch.before().accept(parent);
            Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
            linux.sockets.send(parent, CONNECTED, List.of(pair.here()));
            Fd socket = pair.there();
            if (!launch.callersStreams()) {
                try (Fd nothing = linux.files.open("/dev/null", O_RDONLY)) {
                    linux.files.dup3(nothing, 0, 0);
                }
                linux.files.dup3(output, 1, 0);
                linux.files.dup3(output, 2, 0);
            }
            linux.descriptors.closeOnExecFrom(3);
            linux.files.fcntl(socket, F_SETFD, 0);
            launch.inherited().forEach(fd -> linux.files.fcntl(fd, F_SETFD, 0));
            linux.processes.defaultActions();
            // Who asked it may be killed: its answer fails then, and it puts everything back; a signal would end it in the middle.
            linux.processes.ignore(Signal.SIGPIPE.number);
            linux.processes.unblockSignals();
            throw linux.processes.execve(program, List.of("criu", "swrk", Integer.toString(socket.number())), environment(linux));
        } catch (Throwable failure) {
            linux.files.write(output, Complaint.of(failure).getBytes(StandardCharsets.UTF_8));
        } finally {
            linux.processes.exit(NOT_EXECUTED);
        }
    }

    private static List<String> environment(Linux linux) {
        List<String> environment = new ArrayList<>(CallerStrings.of(linux.kernel).environment());
        String path = "";
        for (String entry : environment) {
            path = entry.startsWith("PATH=") ? entry.substring("PATH=".length()) + ":" : path;
        }
        environment.removeIf(entry -> entry.startsWith("PATH="));
        environment.add("PATH=" + path + Criu.FALLBACK_PATH);
        return environment;
    }

    public int pid() {
        return pid;
    }

    /** What the process says before it is criu. @throws CriuException it has ended without a word */
    public byte[] hear(int longest) {
        byte[] content = linux.sockets.receive(before, longest).content();
        if (content.length == 0) {
            throw ended();
        }
        return content;
    }

    /** Answers it. */
    public void say(byte[] content) {
        linux.sockets.send(before, content, List.of());
    }

    private Fd socket() {
        if (socket.isEmpty()) {
            List<Fd> fds = linux.sockets.receive(before, CONNECTED.length).fds();
            if (fds.isEmpty()) {
                throw ended();
            }
            socket = Optional.of(fds.get(0));
        }
        return socket.get();
    }

    /**
     * Sends the request, and returns the answer.
     *
     * @param onNotification what is done at each step that it tells; with the descriptors that came along, which are closed afterwards
     * @throws CriuException it has ended without an answer: killed, not executed, or with a complaint on its stderr
     * @throws RuntimeException what {@code onNotification} threw, when CRIU has put everything back
     */
    public CriuResponse perform(CriuRequest request, BiConsumer<Notification, List<Fd>> onNotification) {
        RuntimeException failed = null;
        send(request.bytes());
        while (true) {
            Sockets.Message message = receive();
            if (message.content().length == 0) {
                throw failed == null ? ended() : failed;
            }
            CriuResponse response;
            try {
                response = CriuResponse.TABLE.read(message.content());
            } catch (ProtobufException e) {
                throw new CriuException(program + ": its answer is no criu_resp: " + e.getMessage());
            }
            if (!response.isNotification()) {
                if (failed != null) {
                    throw failed;
                }
                return response;
            }
            try {
                onNotification.accept(response.notification().orElse(new Notification("", 0)), message.fds());
            } catch (RuntimeException e) {
                failed = e;
            } finally {
                message.fds().forEach(Fd::close);
            }
            send(CriuRequest.notified(failed == null));
        }
    }

    /** @return an empty message when CRIU has ended: its pidfd tells, since the process that it restores holds the other end of the socket as well */
    private Sockets.Message receive() {
        try {
            if (linux.polling.readable(Polling.FOREVER, socket(), pidfd)[0] == 0) {
                return new Sockets.Message(new byte[0], List.of());
            }
            return linux.sockets.receive(socket(), LONGEST_RESPONSE);
        } catch (KernelException e) {
            if (e.is(Errno.ECONNRESET)) {
                return new Sockets.Message(new byte[0], List.of());
            }
            throw e;
        }
    }

    private void send(byte[] content) {
        try {
            linux.sockets.send(socket(), content, List.of());
        } catch (KernelException e) {
            throw e.is(Errno.EPIPE) || e.is(Errno.ECONNRESET) ? ended() : e;
        }
    }

    /** It has closed its end without a word. */
    public CriuException ended() {
        Exit exit = linux.processes.peek(pidfd);
        String said = said();
        return new CriuException(program + (exit.signalled() ? " was killed by signal " + exit.status() : " ended with status " + exit.status())
                + (said.isEmpty() ? "" : ": " + said));
    }

    /** What it has written to its stdout and stderr. */
    private String said() {
        byte[] text = new byte[LONGEST_OUTPUT];
        linux.files.seek(output, 0);
        int length = linux.files.read(output, text, 0, text.length);
        return new String(text, 0, length, StandardCharsets.UTF_8).strip().replace('\n', ' ');
    }

    /** Ends the conversation, and waits for its end: at a pre-dump it waits for another request else. */
    @Override
    public void close() {
        before.close();
        socket.ifPresent(Fd::close);
        try {
            linux.processes.waitFor(pidfd);
        } finally {
            pidfd.close();
            output.close();
        }
    }
}
