package io.carafe.conmon.stream;

import io.carafe.conmon.attach.StandardInput;
import io.carafe.conmon.log.Origin;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Struct.Termios;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.PseudoterminalMaster;
import io.carafe.linux.call.Terminals;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.stdio.ConsoleSocket;
import java.util.List;
import java.util.Optional;

/** A terminal, whose master the runtime sends; its size may be asked for before it is there. */
public final class TerminalStreams implements Streams {

    private static final String DEFAULT_DIRECTORY = "/tmp";
    private static final int TRIES = 100;

    private final Linux linux;
    private final Pipes errors;
    private final StandardInput input;
    private final ConsoleSocket socket;
    private final String path;
    private Optional<PseudoterminalMaster> master = Optional.empty();
    private Optional<Terminals.WindowSize> wantedSize = Optional.empty();
    private boolean ended;

    public TerminalStreams(Linux linux, Loop loop, StandardInput input) {
        this.linux = linux;
        this.input = input;
        this.errors = Pipes.ofErrors(linux);
        String directory = System.getenv("TMPDIR");
        directory = directory == null || directory.isEmpty() ? DEFAULT_DIRECTORY : directory;
        this.socket = open(loop, directory);
        this.path = directory + "/" + socket.name();
    }

    private ConsoleSocket open(Loop loop, String directory) {
        for (int i = 0; ; i++) {
            try {
                return ConsoleSocket.open(linux, loop, directory,
                        "conmon-term." + Long.toString(System.nanoTime() & 0xffffffffL, Character.MAX_RADIX) + linux.processes.getpid(), this::begin);
            } catch (KernelException e) {
                if (!e.is(Errno.EADDRINUSE) || i == TRIES) {
                    throw e.during("Failed to bind the console socket");
                }
            }
        }
    }

    private void begin(Fd terminal) {
        Terminals.Modes modes = linux.terminals.tcgetattr(terminal);
        linux.terminals.tcsetattr(terminal, modes.withOutput(modes.output() | Termios.ONLCR)); // as the kubelet expects
        master = Optional.of(new PseudoterminalMaster(linux, terminal));
        if (ended) {
            processEnded();
        }
        wantedSize.ifPresent(size -> linux.terminals.setWindowSize(terminal, size));
        input.begin(linux.files.duplicate(terminal));
    }

    @Override
    public List<Fd> ofRuntime() {
        return errors.ofRuntime();
    }

    @Override
    public Optional<String> consoleSocket() {
        return Optional.of(path);
    }

    @Override
    public void handedOver() {
        errors.handedOver();
    }

    @Override
    public boolean isComplete() {
        return master.isPresent();
    }

    @Override
    public byte[] complaint(int most) {
        return errors.complaint(most);
    }

    @Override
    public void readInto(Outputs outputs) {
        PseudoterminalMaster terminal = master.orElseThrow();
        outputs.add(terminal.fd(), Origin.STDOUT, () -> !ended && terminal.reopen());
        errors.readInto(outputs);
    }

    @Override
    public void processEnded() {
        ended = true;
        master.ifPresent(PseudoterminalMaster::release);
    }

    @Override
    public void resize(int rows, int columns) {
        Terminals.WindowSize size = new Terminals.WindowSize(rows, columns);
        wantedSize = Optional.of(size);
        if (master.isPresent() && master.get().fd().isOpen()) {
            linux.terminals.setWindowSize(master.get().fd(), size);
        }
    }

    @Override
    public void close() {
        socket.close();
        errors.close();
        master.ifPresent(PseudoterminalMaster::close);
    }
}
