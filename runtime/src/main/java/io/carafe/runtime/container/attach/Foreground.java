package io.carafe.runtime.container.attach;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Poll;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.process.Exit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An attached `run` or `exec`: hands on the signals that it gets, and is the other end of the process's terminal if it has one.
 *
 * <p>A process that runs is followed to its end, whatever fails here: nobody else would wait for it, and what it was given stays until
 * it has ended. So what a later step needs is opened before there is a process, and of the loop only that ends which has failed.
 */
public final class Foreground implements AutoCloseable {

    private static final long ALL = -1;
    /** What is the caller's own business and not the container's. */
    private static final long KEPT = Signal.bit(Signal.SIGCHLD.number) | Signal.bit(Signal.SIGPIPE.number)
            | Signal.bit(Signal.SIGURG.number);

    private static final int PROCESS = 0;
    private static final int SIGNALS = 1;
    private static final int MASTER = 2;
    private static final int INPUT = 3;
    private static final int OUTPUT = 4;
    private static final int NOTIFY = 5;
    private static final int SLOTS = 6;

    private final Linux linux;
    private final Consumer<String> warnings;
    private final Fd signals;
    private Optional<TerminalRelay> terminal = Optional.empty();
    private Optional<NotifyProxy> notify = Optional.empty();

    private Foreground(Linux linux, Consumer<String> warnings, Fd signals) {
        this.linux = linux;
        this.warnings = warnings;
        this.signals = signals;
    }

    /** Before there is anybody to hand signals on to: one that comes now waits, and none ends us half-way. */
    public static Foreground begin(Linux linux, Consumer<String> warnings) {
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, ALL & ~Signal.bit(Signal.SIGCHLD.number));
        return new Foreground(linux, warnings, linux.processes.signalfd(ALL & ~KEPT));
    }

    /** Before the program runs: from now on until {@link #close} the caller's terminal is raw. @param master becomes this object's */
    public void take(Fd master) {
        terminal = Optional.of(TerminalRelay.begin(linux, master));
    }

    /** What the program says of its state is handed on, too. Borrowed. */
    public void take(NotifyProxy proxy) {
        notify = Optional.of(proxy);
    }

    /**
     * Returns when the process has ended and all that it wrote to its terminal is written out.
     *
     * <p>What fails meanwhile is a warning, and less is done from then on: no more input, unless it is typed; then no terminal either, which is
     * hung up; then no signals. The process is waited for in any case.
     *
     * @param end waits for its end
     * @return the exit code
     * @throws KernelException the exit status cannot be had: the process has ended
     */
    public int followToTheEndOf(Fd process, Supplier<Exit> end) {
        List<Runnable> less = List.of(() -> terminal.ifPresent(TerminalRelay::stopInput), this::hangUp, () -> { });
        for (Runnable without : less) {
            try {
                follow(process);
                break;
            } catch (RuntimeException | VirtualMachineError e) {
                goOn(e, without);
            }
        }
        return waitFor(end).code();
    }

    private void follow(Fd process) {
        boolean ended = false;
        while (!ended || terminal.isPresent() && !terminal.get().isDrained()) {
            int[] ready = await(process, ended);
            if (ready[SIGNALS] != 0) {
                handOn(process);
            }
            terminal.ifPresent(relay -> relay.move(ready[MASTER], ready[INPUT], ready[OUTPUT]));
            if (ready[NOTIFY] != 0) {
                notify.orElseThrow().forward(linux.processes.getpid());
            }
            if (ready[PROCESS] != 0) {
                ended = true;
                terminal.ifPresent(TerminalRelay::drain);
            }
        }
    }

    private void goOn(Throwable failure, Runnable without) {
        notify = Optional.empty();
        warnings.accept("the process goes on with less from here: " + Complaint.of(failure));
        try {
            without.run();
        } catch (RuntimeException | VirtualMachineError again) {
            warnings.accept(Complaint.of(again));
        }
    }

    /** waitid(2) may fail for want of memory; nobody asks a third time. */
    private static Exit waitFor(Supplier<Exit> end) {
        try {
            return end.get();
        } catch (KernelException | VirtualMachineError once) {
            return end.get();
        }
    }

    private int[] await(Fd process, boolean ended) {
        Fd[] fds = new Fd[SLOTS];
        int[] events = new int[SLOTS];
        Arrays.fill(fds, signals); // what is not asked for is passed over
        fds[PROCESS] = process;
        events[PROCESS] = ended ? 0 : Poll.POLLIN;
        events[SIGNALS] = Poll.POLLIN;
        notify.ifPresent(proxy -> {
            fds[NOTIFY] = proxy.socket();
            events[NOTIFY] = Poll.POLLIN;
        });
        terminal.ifPresent(relay -> {
            fds[MASTER] = relay.master();
            events[MASTER] = relay.wantedOfMaster();
            fds[INPUT] = relay.input();
            events[INPUT] = relay.wantedOfInput();
            fds[OUTPUT] = relay.output();
            events[OUTPUT] = relay.wantedOfOutput();
        });
        return linux.polling.ready(Polling.FOREVER, events, fds);
    }

    private void handOn(Fd process) {
        Optional<Integer> signal = linux.processes.nextSignal(signals);
        while (signal.isPresent()) {
            if (terminal.isEmpty() || !terminal.get().takes(signal.get())) {
                send(process, signal.get());
            }
            signal = linux.processes.nextSignal(signals);
        }
    }

    private void send(Fd process, int signal) {
        try {
            linux.processes.sendSignal(process, signal);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) { // EPERM: an ordinary user's process that has become another user
                warnings.accept("signal " + signal + " does not reach the process: " + e.getMessage());
            }
        }
    }

    /** The caller's terminal is again what it was. */
    @Override
    public void close() {
        hangUp();
        signals.close();
    }

    private void hangUp() {
        try {
            terminal.ifPresent(TerminalRelay::close);
        } catch (KernelException e) {
            warnings.accept("the terminal stays in the mode that the process had: " + e.getMessage());
        }
        terminal = Optional.empty();
    }
}
