package io.carafe.runtime.container;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.runtime.container.Create.Created;
import java.util.Optional;
import java.util.function.Consumer;

/** create and start in one, and for an attached container also the wait and the delete. */
public final class Run {

    /** What is the caller's own business and not the container's. */
    private static final long NOT_FORWARDED = Signal.bit(Signal.SIGCHLD.number) | Signal.bit(Signal.SIGPIPE.number)
            | Signal.bit(Signal.SIGURG.number);
    private static final long ALL = -1;

    private final Linux linux;
    private final Consumer<String> warnings;

    public Run(Linux linux, Consumer<String> warnings) {
        this.linux = linux;
        this.warnings = warnings;
    }

    /** Runs a container that outlives this process. */
    public void detached(Create.Request request) {
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        Created created = new Create(linux, warnings).create(request, false, mask);
        start(created, mask);
        created.init().close();
        created.dir().close();
    }

    /**
     * Runs a container, hands on the signals that come, waits for its end and deletes it.
     *
     * @param keep whether to leave the stopped container for `state` and `delete`
     * @return the program's exit code; 128 and the signal's number when one ended it
     */
    public int attached(Create.Request request, boolean keep) {
        // Blocked before the container exists: a signal that comes now waits for the descriptor, and none ends us half-way.
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, ALL & ~Signal.bit(Signal.SIGCHLD.number));
        Created created = new Create(linux, warnings).create(request, false, mask);
        start(created, mask);
        created.dir().unlock();
        int code;
        try (Fd signals = linux.processes.signalfd(ALL & ~NOT_FORWARDED)) {
            forward(signals, created.init().pidfd());
            code = created.init().waitFor().code();
        }
        created.init().close();
        // Somebody else may have deleted it meanwhile, by force.
        if (!keep && created.dir().lock()) {
            created.cgroup().remove();
            created.dir().remove();
            Delete.poststop(linux, created.state(), mask, warnings);
        }
        created.dir().close();
        return code;
    }

    private void start(Created created, long signalMask) {
        try {
            created.init().start();
            Start.poststart(linux, created.state(), signalMask, () -> { });
        } catch (RuntimeException e) {
            created.init().kill();
            created.cgroup().remove();
            created.dir().remove();
            Delete.poststop(linux, created.state(), signalMask, warnings);
            throw e;
        }
    }

    /** Until the init has ended. */
    private void forward(Fd signals, Fd init) {
        while (linux.polling.readable(Polling.FOREVER, init, signals)[0] == 0) {
            Optional<Integer> signal = linux.processes.nextSignal(signals);
            while (signal.isPresent()) {
                send(init, signal.get());
                signal = linux.processes.nextSignal(signals);
            }
        }
    }

    private void send(Fd init, int signal) {
        try {
            linux.processes.sendSignal(init, signal);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }
}
