package io.carafe.linux.checks.terminal;

import static io.carafe.linux.abi.FileFlags.FD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.F_GETFD;
import static io.carafe.linux.abi.FileFlags.F_GETFL;
import static io.carafe.linux.abi.FileFlags.F_SETFL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLHUP;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;
import static io.carafe.linux.abi.ProcessFlags.SIG_BLOCK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Struct.Termios;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.Terminals.Modes;
import io.carafe.linux.call.Terminals.WindowSize;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Child;
import io.carafe.linux.checks.Expect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Pseudoterminals: both ends, modes, sizes, and reading and writing what may not be ready. */
public final class TerminalsChecks {

    private TerminalsChecks() {
    }

    public static List<Check> all() {
        return List.of(
                Check.of("terminals: the peer is the one with the master's number", TerminalsChecks::peer),
                Check.of("terminals: a locked pseudoterminal has no peer to open", TerminalsChecks::locked),
                Check.of("terminals: raw modes let every byte through, and go back", TerminalsChecks::raw),
                Check.of("terminals: a size of one end is the other's", TerminalsChecks::size),
                Check.of("terminals: what is no terminal has no modes and no size", TerminalsChecks::none),
                Check.alone("terminals: the leader of a session takes one as its own", TerminalsChecks::controlling),
                Check.of("files: tryRead and tryWrite do what can be done now", TerminalsChecks::now),
                Check.of("polling: ready asks each what it is asked for", TerminalsChecks::ready));
    }

    private static Fd master(Linux linux) {
        return linux.files.open("/dev/ptmx", O_RDWR | O_NOCTTY);
    }

    private static Fd peer(Linux linux, Fd master) {
        linux.terminals.unlock(master);
        return linux.terminals.peer(master, O_RDWR | O_NOCTTY);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String read(Linux linux, Fd fd) {
        byte[] into = new byte[100];
        return new String(into, 0, linux.files.read(fd, into, 0, into.length), StandardCharsets.UTF_8);
    }

    private static void peer(Linux linux) {
        try (Fd master = master(linux); Fd peer = peer(linux, master)) {
            Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(peer, F_GETFD, 0));
            Expect.equal(linux.terminals.number(master), linux.files.fstat(peer).rdevMinor());
            linux.files.write(master, bytes("line\n"));
            Expect.equal("line\n", read(linux, peer));
        }
    }

    private static void locked(Linux linux) {
        try (Fd master = master(linux)) {
            Expect.fails(Errno.EIO, () -> linux.terminals.peer(master, O_RDWR | O_NOCTTY));
        }
    }

    private static void raw(Linux linux) {
        try (Fd master = master(linux); Fd peer = peer(linux, master)) {
            Modes before = linux.terminals.tcgetattr(peer);
            Expect.isTrue(before.isCanonical(), "a new terminal reads lines");
            Expect.equal((byte) 4, before.endOfFile());
            linux.terminals.tcsetattr(peer, before.raw());
            Expect.isTrue(!linux.terminals.tcgetattr(master).isCanonical(), "both ends have the same modes");
            linux.files.write(master, new byte[] {3, 4, '\r', 17});
            Expect.equal("\3\4\r\21", read(linux, peer));
            linux.files.write(peer, bytes("a\nb"));
            Expect.equal("a\nb", read(linux, master));
            linux.terminals.tcsetattr(peer, before);
            Modes after = linux.terminals.tcgetattr(peer);
            Expect.equal(List.of(before.input(), before.output(), before.control(), before.local(), before.line()),
                    List.of(after.input(), after.output(), after.control(), after.local(), after.line()));
            Expect.equal(Arrays.toString(before.characters()), Arrays.toString(after.characters()));
            linux.terminals.tcsetattr(peer, before.withOutput(before.output() & ~Termios.ONLCR));
            linux.files.write(peer, bytes("c\n"));
            Expect.equal("c\n", read(linux, master));
        }
    }

    private static void size(Linux linux) {
        try (Fd master = master(linux); Fd peer = peer(linux, master)) {
            Expect.equal(Optional.of(new WindowSize(0, 0)), linux.terminals.windowSize(peer));
            linux.terminals.setWindowSize(master, new WindowSize(25, 65535));
            Expect.equal(Optional.of(new WindowSize(25, 65535)), linux.terminals.windowSize(peer));
        }
    }

    private static void none(Linux linux) {
        try (Fd file = linux.files.open("/dev/null", O_RDWR)) {
            Expect.equal(Optional.empty(), linux.terminals.modes(file));
            Expect.equal(Optional.empty(), linux.terminals.windowSize(file));
            Expect.fails(Errno.ENOTTY, () -> linux.terminals.tcgetattr(file));
            Expect.fails(Errno.ENOTTY, () -> linux.terminals.setWindowSize(file, new WindowSize(1, 1)));
        }
    }

    private static void controlling(Linux linux) {
        Child.run(linux, child -> {
            // A terminal that goes hangs up on its session.
            child.processes.sigprocmask(SIG_BLOCK, Signal.bit(Signal.SIGHUP.number));
            try (Fd master = master(child); Fd peer = peer(child, master)) {
                Expect.fails(Errno.EPERM, () -> child.terminals.becomeControlling(peer));
                child.processes.setsid();
                Expect.fails(Errno.ENXIO, () -> child.files.open("/dev/tty", O_RDWR));
                child.terminals.becomeControlling(peer);
                child.files.open("/dev/tty", O_RDWR).close();
            }
        });
    }

    private static void now(Linux linux) {
        try (Fd master = master(linux); Fd peer = peer(linux, master)) {
            linux.terminals.tcsetattr(peer, linux.terminals.tcgetattr(peer).raw());
            linux.files.fcntl(master, F_SETFL, linux.files.fcntl(master, F_GETFL, 0) | O_NONBLOCK);
            byte[] bytes = new byte[4096];
            Expect.equal(OptionalInt.empty(), linux.files.tryRead(master, bytes, 0, bytes.length));
            linux.files.write(peer, bytes("xyz"));
            Expect.equal(OptionalInt.of(3), linux.files.tryRead(master, bytes, 1, 100));
            Expect.equal("xyz", new String(bytes, 1, 3, StandardCharsets.UTF_8));
            long taken = 0;
            for (int written = 1; written > 0; taken += written) {
                written = linux.files.tryWrite(master, bytes, 0, bytes.length);
            }
            Expect.isTrue(taken > 0 && taken < 1 << 20, "a pseudoterminal that nobody reads is full at some time: " + taken);
            peer.close();
            Expect.fails(Errno.EIO, () -> linux.files.tryRead(master, bytes, 0, bytes.length));
        }
    }

    private static void ready(Linux linux) {
        try (Fd master = master(linux); Fd peer = peer(linux, master)) {
            Fd[] both = {master, peer};
            Expect.equal("[4, 0]", Arrays.toString(linux.polling.ready(180_000, new int[] {POLLIN | POLLOUT, POLLIN}, both)));
            linux.files.write(peer, bytes("x"));
            Expect.equal("[1, 0]", Arrays.toString(linux.polling.ready(Polling.FOREVER, new int[] {POLLIN, POLLIN}, both)));
            Expect.equal("x", read(linux, master));
            peer.close();
            Expect.equal(POLLHUP, linux.polling.ready(180_000, new int[] {POLLIN}, master)[0] & POLLHUP);
            Expect.equal("[0]", Arrays.toString(linux.polling.ready(1, new int[] {0}, master)));
        }
    }
}
