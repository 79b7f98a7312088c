package io.carafe.linux.call;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.FileFlags.O_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.TCGETS;
import static io.carafe.linux.abi.FileFlags.TCSETS;
import static io.carafe.linux.abi.FileFlags.TIOCGPTN;
import static io.carafe.linux.abi.FileFlags.TIOCGPTPEER;
import static io.carafe.linux.abi.FileFlags.TIOCGWINSZ;
import static io.carafe.linux.abi.FileFlags.TIOCSCTTY;
import static io.carafe.linux.abi.FileFlags.TIOCSPTLCK;
import static io.carafe.linux.abi.FileFlags.TIOCSWINSZ;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.Termios;
import io.carafe.linux.abi.Struct.Winsize;
import io.carafe.linux.abi.Sys;
import java.util.Optional;

/** Terminals and pseudoterminals: ioctl_tty(2), pty(7). */
public final class Terminals {

    private final Kernel kernel;
    private final Memory memory;

    Terminals(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /**
     * The modes of a terminal, termios(3).
     *
     * @param line the discipline
     * @param characters the control characters, by VEOF and the others
     */
    public record Modes(int input, int output, int control, int local, byte line, byte[] characters) {

        /** Raw mode as cfmakeraw(3) sets it: each byte passes unchanged and at once. */
        public Modes raw() {
            byte[] characters = this.characters.clone();
            characters[Termios.VMIN] = 1;
            characters[Termios.VTIME] = 0;
            return new Modes(
                    input & ~(Termios.IGNBRK | Termios.BRKINT | Termios.PARMRK | Termios.ISTRIP | Termios.INLCR | Termios.IGNCR
                            | Termios.ICRNL | Termios.IXON),
                    output & ~Termios.OPOST,
                    control & ~(Termios.CSIZE | Termios.PARENB) | Termios.CS8,
                    local & ~(Termios.ECHO | Termios.ECHONL | Termios.ICANON | Termios.ISIG | Termios.IEXTEN), line, characters);
        }

        public Modes withOutput(int output) {
            return new Modes(input, output, control, local, line, characters);
        }

        /** Whether input is read by lines, and {@link #endOfFile} ends it. */
        public boolean isCanonical() {
            return (local & Termios.ICANON) != 0;
        }

        public byte endOfFile() {
            return characters[Termios.VEOF];
        }
    }

    /** A terminal's size in characters, 0 to 65535 each; 0 is unknown. */
    public record WindowSize(int rows, int columns) {
    }

    /** tcgetattr(3), by TCGETS. @throws KernelException ENOTTY when it is no terminal */
    public Modes tcgetattr(Fd terminal) {
        return modes(terminal).orElseThrow(() -> new KernelException("tcgetattr", Errno.ENOTTY));
    }

    /** The same; empty if it is no terminal (ENOTTY), as isatty(3). */
    public Optional<Modes> modes(Fd fd) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.zeroed(Termios.SIZE);
            long result = kernel.call(Sys.IOCTL.nr, fd.number(), TCGETS, at);
            // EINVAL: some drivers say so of a command that they do not know.
            if (result == -Errno.ENOTTY.number || result == -Errno.EINVAL.number) {
                return Optional.empty();
            }
            check("tcgetattr", result);
            byte[] characters = new byte[Termios.CHARACTERS];
            kernel.get(at + Termios.CC, characters, 0, characters.length);
            return Optional.of(new Modes(kernel.getInt(at + Termios.IFLAG), kernel.getInt(at + Termios.OFLAG),
                    kernel.getInt(at + Termios.CFLAG), kernel.getInt(at + Termios.LFLAG), kernel.getByte(at + Termios.LINE), characters));
        }
    }

    /**
     * tcsetattr(3) with TCSANOW, by TCSETS.
     *
     * @throws KernelException EIO in an orphaned process group in the background that does not block SIGTTOU
     */
    public void tcsetattr(Fd terminal, Modes modes) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.zeroed(Termios.SIZE);
            kernel.putInt(at + Termios.IFLAG, modes.input());
            kernel.putInt(at + Termios.OFLAG, modes.output());
            kernel.putInt(at + Termios.CFLAG, modes.control());
            kernel.putInt(at + Termios.LFLAG, modes.local());
            kernel.putByte(at + Termios.LINE, modes.line());
            kernel.put(at + Termios.CC, modes.characters(), 0, modes.characters().length);
            check("tcsetattr", kernel.call(Sys.IOCTL.nr, terminal.number(), TCSETS, at));
        }
    }

    /** TIOCGWINSZ. @return empty on ENOTTY */
    public Optional<WindowSize> windowSize(Fd fd) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.zeroed(Winsize.SIZE);
            long result = kernel.call(Sys.IOCTL.nr, fd.number(), TIOCGWINSZ, at);
            if (result == -Errno.ENOTTY.number || result == -Errno.EINVAL.number) {
                return Optional.empty();
            }
            check("read the size of a terminal", result);
            int both = kernel.getInt(at + Winsize.ROWS);
            return Optional.of(new WindowSize(both & 0xffff, both >>> 8 * Winsize.COLUMNS));
        }
    }

    /** TIOCSWINSZ: the foreground processes get SIGWINCH when it changes. */
    public void setWindowSize(Fd terminal, WindowSize size) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.zeroed(Winsize.SIZE);
            kernel.putInt(at + Winsize.ROWS, size.rows() | size.columns() << 8 * Winsize.COLUMNS);
            check("set the size of a terminal", kernel.call(Sys.IOCTL.nr, terminal.number(), TIOCSWINSZ, at));
        }
    }

    /** TIOCSCTTY: the terminal becomes the controlling one of the caller's session, whose leader the caller is. @throws KernelException EPERM */
    public void becomeControlling(Fd terminal) {
        check("make a controlling terminal", kernel.call(Sys.IOCTL.nr, terminal.number(), TIOCSCTTY, 0));
    }

    /** unlockpt(3), by TIOCSPTLCK: without it the other end of a pseudoterminal cannot be opened. */
    public void unlock(Fd master) {
        try (Memory.Frame frame = memory.frame()) {
            check("unlock a pseudoterminal", kernel.call(Sys.IOCTL.nr, master.number(), TIOCSPTLCK, frame.zeroed(Integer.BYTES)));
        }
    }

    /** TIOCGPTN: N of /dev/pts/N. */
    public int number(Fd master) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.zeroed(Integer.BYTES);
            check("read the number of a pseudoterminal", kernel.call(Sys.IOCTL.nr, master.number(), TIOCGPTN, at));
            return kernel.getInt(at);
        }
    }

    /**
     * TIOCGPTPEER, Linux 4.13: the other end, by no path. The caller owns the result.
     *
     * @param flags of open(2)
     */
    public Fd peer(Fd master, int flags) {
        return Fd.owned(kernel, check("open the peer of a pseudoterminal",
                kernel.call(Sys.IOCTL.nr, master.number(), TIOCGPTPEER, flags | O_CLOEXEC)));
    }
}
