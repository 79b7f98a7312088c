package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.runtime.init.InitProcess;
import java.util.Optional;

/** The signals that an attached `run` or `exec` gets and hands on. */
final class ForwardedSignals {

    private static final long ALL = -1;
    /** What is the caller's own business and not the container's. */
    private static final long KEPT = Signal.bit(Signal.SIGCHLD.number) | Signal.bit(Signal.SIGPIPE.number)
            | Signal.bit(Signal.SIGURG.number);

    private final Linux linux;
    private final long maskBefore;

    private ForwardedSignals(Linux linux, long maskBefore) {
        this.linux = linux;
        this.maskBefore = maskBefore;
    }

    /** Before there is anybody to hand them on to: a signal that comes now waits, and none ends us half-way. */
    static ForwardedSignals block(Linux linux) {
        return new ForwardedSignals(linux,
                linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, ALL & ~Signal.bit(Signal.SIGCHLD.number)));
    }

    /** What a program of the container is to start with. */
    long maskBefore() {
        return maskBefore;
    }

    /** @return the exit code */
    int forwardUntilTheEndOf(InitProcess process) {
        try (Fd signals = linux.processes.signalfd(ALL & ~KEPT)) {
            while (linux.polling.readable(Polling.FOREVER, process.pidfd(), signals)[0] == 0) {
                Optional<Integer> signal = linux.processes.nextSignal(signals);
                while (signal.isPresent()) {
                    send(process.pidfd(), signal.get());
                    signal = linux.processes.nextSignal(signals);
                }
            }
        }
        return process.waitFor().code();
    }

    private void send(Fd process, int signal) {
        try {
            linux.processes.sendSignal(process, signal);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }
}
