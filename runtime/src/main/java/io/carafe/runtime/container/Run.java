package io.carafe.runtime.container;

import io.carafe.linux.Complaint;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.resctrl.Resctrl;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.Create.Created;
import io.carafe.runtime.container.attach.Foreground;
import io.carafe.runtime.container.attach.NotifyProxy;
import io.carafe.runtime.container.attach.TerminalSizeFallback;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.PidFile;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.InitProcess;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        Created created = new Create(linux, warnings).create(request, true, false);
        start(request, created, master -> { }, () -> created.proxy().ifPresent(proxy -> proxy.awaitReady(created.init())));
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
        // Signals are blocked before the container exists: one that comes now waits for the descriptor, and none ends us half-way.
        try (Foreground foreground = Foreground.begin(linux, warnings)) {
            Created created = new Create(linux, warnings).create(request, false, false);
            start(request, created, foreground::take, () -> { });
            created.proxy().ifPresent(foreground::take);
            return follow(foreground, new Running(created.dir(), created.cgroup(), created.state(), created.init().pidfd(), created.init()::waitFor, () -> {
                created.proxy().ifPresent(NotifyProxy::close);
                created.init().close();
            }), keep);
        }
    }

    /**
     * A container whose program runs.
     *
     * @param end waits for its end
     * @param close what of it is not needed any more then
     */
    public record Running(StateDir dir, Cgroup cgroup, ContainerState state, Fd pidfd, Supplier<Exit> end, Runnable close) {
    }

    /** From there on: nothing is thrown before it has ended and the container is deleted. @return as {@link #attached} */
    public int follow(Foreground foreground, Running running, boolean keep) {
        orWarn("until its end nobody else can delete the container", () -> twice(() -> {
            running.dir().unlock();
            return true;
        }));
        try {
            return foreground.followToTheEndOf(running.pidfd(), running.end());
        } finally {
            try {
                foreground.close(); // before anything is printed: the terminal is the caller's again
                running.close().run();
            } finally {
                if (!keep) {
                    orWarn("the container is left; carafe delete --force " + running.state().id() + " removes it", () -> {
                        if (twice(() -> delete(running))) {
                            Delete.poststop(linux, running.state(), warnings);
                        }
                    });
                }
                running.dir().close();
            }
        }
    }

    /** Each step may be done again. @return false when somebody else has deleted it meanwhile, by force */
    private boolean delete(Running running) {
        if (!running.dir().lock()) {
            return false;
        }
        Systemd.stop(linux, running.state().scope());
        running.cgroup().remove();
        new Resctrl(linux).remove(running.state().resctrlOwn());
        running.dir().remove();
        return true;
    }

    /** A call that was interrupted, or found no memory, is made again; one that fails twice has failed. */
    private static <T> T twice(Supplier<T> step) {
        try {
            return step.get();
        } catch (KernelException | VirtualMachineError once) {
            return step.get();
        }
    }

    private void orWarn(String consequence, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | VirtualMachineError e) {
            warnings.accept(Complaint.of(e) + " (" + consequence + ")");
        }
    }

    /**
     * Executes the program; what fails until all is as it should be takes the container back.
     *
     * @param terminal gets the master of the terminal, before the program runs
     * @param afterwards when the program runs
     */
    private void start(Create.Request request, Created created, Consumer<Fd> terminal, Runnable afterwards) {
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> Delete.poststop(linux, created.state(), warnings));
            undo.onFailure(() -> request.pidFile().ifPresent(path -> new PidFile(linux, path).remove(created.init().pid())));
            undo.onFailure(created.dir(), StateDir::remove);
            undo.onFailure(() -> new Resctrl(linux).remove(created.state().resctrlOwn()));
            undo.onFailure(created.cgroup(), Cgroup::remove);
            undo.onFailure(() -> Systemd.stop(linux, created.state().scope()));
            undo.onFailure(created.init(), InitProcess::kill);
            created.master().ifPresent(terminal);
            if (created.master().isEmpty()) {
                created.state().process().ifPresent(process -> TerminalSizeFallback.fill(linux, process, created.init().pidfd()));
            }
            created.init().start();
            Start.poststart(linux, created.state());
            afterwards.run();
            undo.keep();
        }
    }
}
