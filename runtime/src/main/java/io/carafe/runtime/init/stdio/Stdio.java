package io.carafe.runtime.init.stdio;

import static io.carafe.linux.abi.FileFlags.F_GETFL;
import static io.carafe.linux.abi.FileFlags.O_ACCMODE;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;
import static io.carafe.linux.abi.FileFlags.S_IFREG;
import static io.carafe.linux.abi.FileFlags.S_IFSOCK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.terminal.Pseudoterminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** The child's side: its standard streams become a terminal of the container's, or stay, and become its user's. */
public final class Stdio {

    /** What the message with the master says: the field's readers take it for the file's name. */
    private static final byte[] NAME = "/dev/ptmx".getBytes(StandardCharsets.US_ASCII);
    private static final int STREAMS = 3;
    private static final int AS_IT_IS = -1;

    private final Linux linux;
    private final StdioPlan plan;
    private final ParentStdio parentStdio;

    private Stdio(Linux linux, ParentStdio parentStdio) {
        this.linux = linux;
        this.plan = parentStdio.plan();
        this.parentStdio = parentStdio;
    }

    /** Makes no call. */
    public static Stdio of(Linux linux, ParentStdio parentStdio) {
        return new Stdio(linux, parentStdio);
    }

    /**
     * Where the plan has a terminal: makes one of the container's devpts, sends its master away, and takes it for the standard
     * streams. In the container's root.
     *
     * @param bind gets the terminal, for /dev/console
     */
    public void openTerminal(Consumer<Fd> bind) {
        if (!plan.terminal()) {
            return;
        }
        try (Fd socket = parentStdio.childs(); Pseudoterminal pty = Pseudoterminal.open(linux)) {
            plan.size().ifPresent(size -> linux.terminals.setWindowSize(pty.master(), size));
            bind.accept(pty.peer());
            send(linux, plan, socket, pty.master());
            for (int stream = 0; stream < STREAMS; stream++) {
                linux.files.dup3(pty.peer(), stream, 0);
            }
        }
    }

    /** After {@link #openTerminal}: the terminal becomes the session's. The caller leads one without a terminal. */
    public void takeTerminal() {
        if (plan.terminal()) {
            linux.terminals.becomeControlling(Fd.borrowed(0));
        }
    }

    static void send(Linux linux, StdioPlan plan, Fd socket, Fd master) {
        try {
            linux.sockets.send(socket, NAME, List.of(master));
        } catch (KernelException e) {
            throw e.as("send the terminal to " + plan.consoleSocket().map(path -> "--console-socket").orElse("carafe"));
        }
    }

    /**
     * Gives the standard streams to the process's user, so that it may open /dev/stdout and /dev/stderr again. While this process is
     * root, in the container's user namespace. The group stays: that of a terminal is devpts's business.
     *
     * <p>Pipes, sockets and files are given. A device of the host's stays the host's: with stdin from /dev/null that would be everybody's
     * /dev/null (runc #3674). So does a directory, which is no stream, and a file that is open for reading alone: its new owner could
     * write to it.
     */
    public void giveTo(int uid) {
        if (plan.terminal()) {
            give(Fd.borrowed(0), uid); // all three are the same
            return;
        }
        for (int stream = 0; stream < STREAMS; stream++) {
            Fd fd = Fd.borrowed(stream);
            FileStatus status = linux.files.fstat(fd);
            if (status.uid() != uid && mayBeGiven(fd, status)) {
                give(fd, uid);
            }
        }
    }

    private boolean mayBeGiven(Fd fd, FileStatus status) {
        int type = status.type();
        return type == S_IFIFO || type == S_IFSOCK
                || type == S_IFREG && (linux.files.fcntl(fd, F_GETFL, 0) & O_ACCMODE) != O_RDONLY;
    }

    private void give(Fd fd, int uid) {
        try {
            linux.files.fchown(fd, uid, AS_IT_IS);
        } catch (KernelException e) {
            // EPERM: not ours to give. EROFS: nobody's. EINVAL: no such user in this user namespace. None of it keeps a program from running.
            if (!e.is(Errno.EPERM) && !e.is(Errno.EROFS) && !e.is(Errno.EINVAL)) {
                throw e.as("give stdio to the user " + Integer.toUnsignedString(uid));
            }
        }
    }

    /** How many descriptors from 3 on the program inherits. */
    public int preserved() {
        return plan.preserved();
    }
}
