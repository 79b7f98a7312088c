package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.PseudoterminalMaster;
import io.carafe.linux.call.Terminals;
import io.carafe.shim.logger.Logger;
import io.carafe.shim.loop.Loop;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A terminal whose master the runtime sends over a socket, and the copying between it and two FIFOs, each way at its own pace; what the
 * process writes may go to a file or a logger instead.
 *
 * <p>Who never reads makes the terminal full, and the process in it wait. The output ends when the process
 * has ended and nobody in the container has the terminal open any more.
 */
public final class Terminal implements Stdio {

    private static final long PATIENCE_MILLIS = 10_000;
    private static int sockets;

    private final Linux linux;
    private final Loop loop;
    private final Fd nothing;
    private final Optional<Fd> input;
    private final Output output;
    private final Optional<Logger> logger;
    private final ConsoleSocket socket;
    private final Bytes toProcess;
    private final Bytes toReader;
    private Optional<PseudoterminalMaster> master = Optional.empty();
    private Optional<Loop.Watch> onMaster = Optional.empty();
    private Optional<Loop.Watch> onInput = Optional.empty();
    private Optional<Loop.Watch> onOutput = Optional.empty();
    private Optional<Terminals.WindowSize> wantedSize = Optional.empty();
    private boolean ended;
    private boolean outputClosed;
    private Optional<Runnable> drained = Optional.empty();
    private Optional<Loop.Timer> patience = Optional.empty();

    private Terminal(Linux linux, Loop loop, Fd nothing, Optional<Fd> input, Output output, Optional<Logger> logger, String bundle) {
        this.linux = linux;
        this.loop = loop;
        this.nothing = nothing;
        this.input = input;
        this.output = output;
        this.logger = logger;
        this.toProcess = new Bytes(linux);
        this.toReader = new Bytes(linux);
        this.socket = ConsoleSocket.open(linux, loop, bundle, "console-" + ++sockets + ".sock", this::begin);
    }

    /** @param logger who gets what the process writes; empty: the FIFO or file that is named */
    public static Stdio open(Linux linux, Loop loop, StdioUris uris, Optional<Logger> logger, String bundle) {
        try (Undo undo = new Undo()) {
            logger.ifPresent(one -> undo.onFailure(one::close));
            Fd nothing = undo.onFailure(linux.files.open("/dev/null", O_RDWR), Fd::close);
            // For both directions: so it has no end when a client goes.
            Optional<Fd> input = uris.stdin().isEmpty() ? Optional.empty()
                    : Optional.of(undo.onFailure(fifo(linux, uris.stdin()), Fd::close));
            Output output = undo.onFailure(logger.map(one -> Output.piped(one.ofTerminal()))
                    .orElseGet(() -> Output.open(linux, "stdout", uris.stdout(), O_NONBLOCK)), Output::close);
            Terminal terminal = new Terminal(linux, loop, nothing, input, output, logger, bundle);
            undo.keep();
            return terminal;
        }
    }

    private static Fd fifo(Linux linux, String path) {
        try (Fifo fifo = Fifo.of(linux, "stdin", path)) {
            return fifo.open(O_RDWR | O_NONBLOCK);
        }
    }

    private void begin(Fd terminal) {
        master = Optional.of(new PseudoterminalMaster(linux, terminal));
        if (ended) {
            master.get().release();
        }
        wantedSize.ifPresent(size -> linux.terminals.setWindowSize(terminal, size));
        onMaster = Optional.of(loop.watch(terminal, POLLIN, this::masterReady));
        onInput = input.map(fifo -> loop.watch(fifo, POLLIN, events -> readInput(fifo)));
        if (output.mayBeFull()) {
            onOutput = Optional.of(loop.watch(output.stream(), 0, events -> writeOutput()));
        }
    }

    private void readInput(Fd fifo) {
        toProcess.readFrom(fifo);
        writeMaster();
    }

    private void masterReady(int events) {
        if ((events & POLLOUT) != 0) {
            writeMaster();
        }
        if ((events & ~POLLOUT) != 0 && master.isPresent()) {
            readMaster();
        }
    }

    private void writeMaster() {
        try {
            if (master.isPresent() && !toProcess.isEmpty()) {
                toProcess.writeTo(master.get().fd());
            }
        } catch (KernelException e) {
            toProcess.clear();
            if (!e.is(Errno.EIO)) { // the terminal has no other side any more
                throw e;
            }
        }
        wantWhatIsNeeded();
    }

    private void readMaster() {
        try {
            OptionalInt count = toReader.hasRoom() ? toReader.readFrom(master.get().fd()) : OptionalInt.empty();
            if (count.isPresent() && count.getAsInt() == 0) {
                endMaster();
            }
        } catch (KernelException e) {
            if (!e.is(Errno.EIO)) { // the terminal was hung up, or the process has ended and nobody has it open any more
                throw e;
            }
            if (ended || !master.get().reopen()) {
                endMaster();
            }
        }
        writeOutput();
    }

    private void endMaster() {
        onMaster.ifPresent(Loop.Watch::close);
        onMaster = Optional.empty();
        master.ifPresent(PseudoterminalMaster::close);
        master = Optional.empty();
    }

    private void writeOutput() {
        if (!toReader.isEmpty() && !outputClosed) {
            try {
                toReader.writeTo(output.stream());
            } catch (KernelException e) {
                if (!e.is(Errno.EPIPE)) {
                    throw e;
                }
                toReader.clear(); // the logger has gone: the process shall not wait for it
            }
        }
        if (master.isEmpty() && toReader.isEmpty()) {
            endOutput();
        }
        wantWhatIsNeeded();
    }

    /** The reader's end of file. What it has not read yet stays for it: an end is kept. */
    private void endOutput() {
        if (!outputClosed) {
            outputClosed = true;
            onOutput.ifPresent(Loop.Watch::close);
            onInput.ifPresent(Loop.Watch::close);
            output.stream().close();
            tellDrained();
        }
    }

    @Override
    public void ended() {
        ended = true;
        master.ifPresent(PseudoterminalMaster::release);
    }

    /** Who waits for the end alone, as a manager with a logger does, would lose what is on its way here. */
    @Override
    public void whenDrained(Runnable action) {
        if (master.isEmpty() && toReader.isEmpty()) {
            Logger.whenEnded(logger, action);
            return;
        }
        drained = Optional.of(() -> Logger.whenEnded(logger, action));
        patience = Optional.of(loop.after(PATIENCE_MILLIS, this::tellDrained)); // nobody reads, or somebody has the terminal open still
    }

    private void tellDrained() {
        Optional<Runnable> action = drained;
        drained = Optional.empty();
        patience.ifPresent(Loop.Timer::cancel);
        action.ifPresent(Runnable::run);
    }

    private void wantWhatIsNeeded() {
        onMaster.ifPresent(watch -> watch.want((toReader.hasRoom() ? POLLIN : 0) | (toProcess.isEmpty() ? 0 : POLLOUT)));
        if (!outputClosed) {
            onInput.ifPresent(watch -> watch.want(toProcess.hasRoom() ? POLLIN : 0));
            onOutput.ifPresent(watch -> watch.want(toReader.isEmpty() ? 0 : POLLOUT));
        }
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        Logger.whenReady(logger, action);
    }

    @Override
    public List<Fd> streams() {
        return List.of(nothing, nothing, nothing);
    }

    @Override
    public Optional<String> consoleSocket() {
        return Optional.of(socket.name());
    }

    @Override
    public void handedOver() {
        nothing.close();
    }

    @Override
    public void closeStdin() {
        onInput.ifPresent(Loop.Watch::close);
        onInput = Optional.empty();
    }

    @Override
    public void resize(int columns, int rows) {
        Terminals.WindowSize size = new Terminals.WindowSize(rows, columns);
        wantedSize = Optional.of(size);
        master.ifPresent(terminal -> linux.terminals.setWindowSize(terminal.fd(), size));
    }

    @Override
    public void close() {
        socket.close();
        endMaster();
        endOutput();
        output.close();
        logger.ifPresent(Logger::close);
        nothing.close();
        input.ifPresent(Fd::close);
    }
}
