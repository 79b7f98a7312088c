package io.carafe.runtime.container;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.Create.Created;
import io.carafe.runtime.container.attach.Foreground;
import io.carafe.runtime.container.attach.NotifyProxy;
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
        Created created = new Create(linux, warnings).create(request, true, false, mask);
        start(created, mask, master -> { });
        created.proxy().ifPresent(proxy -> proxy.awaitReady(created.init()));
        created.proxy().ifPresent(NotifyProxy::close);
        created.init().close();
        created.dir().close();
    }

    /**
     * Runs a container, hands on the signals that come and what goes through its terminal, waits for its end and deletes it.
     *
     * @param keep whether to leave the stopped container for `state` and `delete`
     * @return the program's exit code; 128 and the signal's number when one ended it
     */
    public int attached(Create.Request request, boolean keep) {
        int code;
        Created created;
        long mask;
        // Signals are blocked before the container exists: one that comes now waits for the descriptor, and none ends us half-way.
        try (Foreground foreground = Foreground.begin(linux)) {
            mask = foreground.maskBefore();
            created = new Create(linux, warnings).create(request, false, false, mask);
            start(created, mask, foreground::take);
            created.proxy().ifPresent(foreground::take);
            created.dir().unlock();
            code = foreground.followToTheEndOf(created.init());
        }
        created.proxy().ifPresent(NotifyProxy::close);
        created.init().close();
        // Somebody else may have deleted it meanwhile, by force.
        if (!keep && created.dir().lock()) {
            Systemd.stop(linux, created.state().scope());
            created.cgroup().remove();
            new Resctrl(linux).remove(created.state().resctrlOwn());
            created.dir().remove();
            Delete.poststop(linux, created.state(), mask, warnings);
        }
        created.dir().close();
        return code;
    }

    /** @param terminal gets the master of the terminal, before the program runs */
    private void start(Created created, long signalMask, Consumer<Fd> terminal) {
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> Delete.poststop(linux, created.state(), signalMask, warnings));
            undo.onFailure(created.dir(), StateDir::remove);
            undo.onFailure(() -> new Resctrl(linux).remove(created.state().resctrlOwn()));
            undo.onFailure(created.cgroup(), Cgroup::remove);
            undo.onFailure(() -> Systemd.stop(linux, created.state().scope()));
            undo.onFailure(created.init(), InitProcess::kill);
            created.master().ifPresent(terminal);
            created.init().start();
            Start.poststart(linux, created.state(), signalMask);
            undo.keep();
        }
    }
}
