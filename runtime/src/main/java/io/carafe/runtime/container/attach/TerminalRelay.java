package io.carafe.runtime.container.attach;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Struct.Termios;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.PseudoterminalMaster;
import io.carafe.linux.call.Terminals.Modes;
import java.util.OptionalInt;

/**
 * Copies between the caller's streams and the master of a container's terminal, each way at its own pace: nothing here waits, the
 * loop does.
 *
 * <pre>
 *   stdin  ──▶ toContainer ──▶ master        the end of stdin becomes the terminal's character for it, ^D
 *   stdout ◀── toCaller    ◀── master        a stdout that is gone hangs the terminal up
 * </pre>
 */
final class TerminalRelay implements AutoCloseable {

    /** More than a pseudoterminal holds: who goes on writing when the process has ended is not waited for. */
    private static final int LARGEST_REST = 1 << 20;

    private final Linux linux;
    private final PseudoterminalMaster master;
    private final CallerTerminal callers;
    private final CallerStream input;
    private final CallerStream output;
    private final Bytes toContainer;
    private final Bytes toCaller;
    private boolean inputEnded;
    /** Whether ^D was said to a line discipline that reads lines: one that changes its mind forgets it. */
    private boolean endSaidToCanonical;
    /** Nobody writes to the terminal any more, or it was hung up by this process. */
    private boolean masterEnded;
    /** The process is gone: what is left in the terminal is all that will come. */
    private boolean draining;
    private int drained;

    private TerminalRelay(Linux linux, Fd master, CallerTerminal callers) {
        this.linux = linux;
        this.master = new PseudoterminalMaster(linux, master);
        this.callers = callers;
        this.input = CallerStream.of(linux, 0, O_RDONLY);
        this.output = CallerStream.of(linux, 1, O_WRONLY);
        this.toContainer = new Bytes(linux);
        this.toCaller = new Bytes(linux);
    }

    /** Makes the caller's terminal raw. @param master becomes this object's, which closes it */
    static TerminalRelay begin(Linux linux, Fd master) {
        TerminalRelay relay = new TerminalRelay(linux, master, CallerTerminal.of(linux));
        try {
            relay.callers.makeRaw();
            relay.resize();
            relay.keepNewlinesForFiles();
            return relay;
        } catch (KernelException e) {
            relay.close();
            throw e;
        }
    }

    /** As runc: who reads a pipe or a file wants lines as they were written, and has no use for carriage returns. */
    private void keepNewlinesForFiles() {
        if (linux.terminals.modes(Fd.borrowed(1)).isEmpty()) {
            Modes modes = linux.terminals.tcgetattr(master.fd());
            linux.terminals.tcsetattr(master.fd(), modes.withOutput(modes.output() & ~Termios.ONLCR));
        }
    }

    Fd master() {
        return master.fd();
    }

    Fd input() {
        return input.fd();
    }

    Fd output() {
        return output.fd();
    }

    int wantedOfMaster() {
        return masterEnded || draining ? 0 : (toCaller.hasRoom() ? POLLIN : 0) | (toContainer.isEmpty() ? 0 : POLLOUT);
    }

    int wantedOfInput() {
        return inputEnded || masterEnded || draining || !toContainer.hasRoom() ? 0 : POLLIN;
    }

    int wantedOfOutput() {
        return toCaller.isEmpty() ? 0 : POLLOUT;
    }

    /** Moves what can be moved. @param onMaster what poll(2) said of each */
    void move(int onMaster, int onInput, int onOutput) {
        if (onInput != 0) {
            readInput();
        }
        // Before more is read: what this makes room for is read at once, since nobody asks poll(2) about the master any more in the end.
        if (onOutput != 0) {
            writeOutput();
        }
        if (onMaster != 0 && !masterEnded && !toContainer.isEmpty()) {
            writeMaster();
        }
        if (onMaster != 0 || draining) {
            readMaster();
        }
    }

    private void readInput() {
        try {
            OptionalInt count = toContainer.readFrom(input.fd());
            if (count.isPresent() && count.getAsInt() == 0) {
                inputEnded = true;
                endInput();
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOMEM)) { // the machine's fault, not the stream's
                throw e;
            }
            // ECONNRESET, ETIMEDOUT: a socket whose peer has gone. EISDIR: a directory. EBADF: closed by the caller. EIO: a terminal that was
            // hung up, or that is another's while this process is in the background. Nothing comes from there any more.
            inputEnded = true;
            sayEndOfStream();
        }
    }

    /** What is typed goes on: there is no other way to end the program. */
    void stopInput() {
        if (!inputEnded && !callers.isInput()) {
            inputEnded = true;
            sayEndOfStream();
        }
    }

    /** A terminal of the caller's is not hung up here: it is still to be written to. */
    private void sayEndOfStream() {
        if (!callers.isInput() && !masterEnded && toContainer.hasRoom()) {
            sayEnd(linux.terminals.tcgetattr(master.fd()));
        }
    }

    /** A raw terminal ends only by being hung up. */
    private void endInput() {
        if (callers.isInput()) {
            hangUp();
        } else {
            sayEnd(linux.terminals.tcgetattr(master.fd()));
        }
    }

    /** Twice behind half a line: the first one ends the line (termios(3), VEOF). */
    private void sayEnd(Modes modes) {
        endSaidToCanonical = modes.isCanonical();
        if (modes.isCanonical() && toContainer.last() != 0 && toContainer.last() != '\n') {
            toContainer.add(modes.endOfFile());
        }
        toContainer.add(modes.endOfFile());
    }

    private void writeMaster() {
        try {
            toContainer.writeTo(master.fd(), Integer.MAX_VALUE);
        } catch (KernelException e) {
            if (!e.is(Errno.EIO)) {
                throw e;
            }
            toContainer.clear();
        }
    }

    private void readMaster() {
        while (!masterEnded && toCaller.hasRoom()) {
            try {
                OptionalInt count = toCaller.readFrom(master.fd());
                if (count.isEmpty()) {
                    // The kernel moves what is in flight before it says that there is nothing: n_tty_read.
                    masterEnded = draining;
                    return;
                }
                drained += draining ? count.getAsInt() : 0;
                masterEnded = drained > LARGEST_REST;
                repeatEnd();
            } catch (KernelException e) {
                if (!e.is(Errno.EIO)) { // the terminal was hung up, or the process has ended and nobody has it open any more
                    throw e;
                }
                if (draining || !master.reopen()) {
                    endMaster();
                }
            }
        }
    }

    /** A shell that has started to edit lines itself gets ^D as a key. */
    private void repeatEnd() {
        if (inputEnded && endSaidToCanonical && toContainer.isEmpty() && !draining) {
            Modes modes = linux.terminals.tcgetattr(master.fd());
            if (!modes.isCanonical()) {
                sayEnd(modes);
            }
        }
    }

    private void writeOutput() {
        try {
            toCaller.writeTo(output.fd(), output.most());
        } catch (KernelException e) {
            // EPIPE, EIO and the like: nobody reads. The container is told as by a terminal that was switched off.
            hangUp();
        }
    }

    private void hangUp() {
        endMaster();
        toCaller.clear();
    }

    /** Closed: whoever opens the terminal again is not to wait for a reader. */
    private void endMaster() {
        masterEnded = true;
        toContainer.clear();
        master.close();
    }

    /** The process has ended: what it wrote is still to be read. */
    void drain() {
        draining = true;
        master.release();
        readMaster();
    }

    boolean isDrained() {
        return masterEnded && toCaller.isEmpty();
    }

    /** @return whether a signal was for the terminal, and is not for the process */
    boolean takes(int signal) {
        if (signal == Signal.SIGCONT.number) {
            callers.makeRaw(); // whoever stopped this process has used the terminal meanwhile
        }
        if (signal != Signal.SIGWINCH.number) {
            return false;
        }
        resize();
        return true;
    }

    private void resize() {
        if (!masterEnded) {
            callers.size().ifPresent(size -> linux.terminals.setWindowSize(master.fd(), size));
        }
    }

    @Override
    public void close() {
        input.close();
        output.close();
        master.close();
        callers.close(); // last: it may fail
    }
}
