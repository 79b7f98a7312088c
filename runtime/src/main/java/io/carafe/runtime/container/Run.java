package io.carafe.runtime.container;

import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.container.Create.Created;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.InitProcess;
import java.util.function.Consumer;

/** create and start in one, and for an attached container also the wait and the delete. */
public final class Run {

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
        ForwardedSignals signals = ForwardedSignals.block(linux);
        long mask = signals.maskBefore();
        Created created = new Create(linux, warnings).create(request, false, mask);
        start(created, mask);
        created.dir().unlock();
        int code = signals.forwardUntilTheEndOf(created.init());
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
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> Delete.poststop(linux, created.state(), signalMask, warnings));
            undo.onFailure(created.dir(), StateDir::remove);
            undo.onFailure(created.cgroup(), Cgroup::remove);
            undo.onFailure(created.init(), InitProcess::kill);
            created.init().start();
            Start.poststart(linux, created.state(), signalMask, () -> { });
            undo.keep();
        }
    }
}
